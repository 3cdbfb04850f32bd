import { call } from './http';
import type { PartyView, Status } from './types';

// What supervisors do to the calls and agents of others. It mirrors web/oversee.go.

export type Supervision = 'listen' | 'whisper' | 'barge' | 'take-over';

export interface RunningCall {
  id: string;
  /** The part of the call's way: wait, talk, … */
  state: string;
  began: string;
  queue: string;
  agent: string;
  number: string;
  name: string;
  parties: PartyView[];
}

const running = (id: string) => `/api/running/${encodeURIComponent(id)}`;
const agent = (user: string) => `/api/agents/${encodeURIComponent(user)}`;

/** Each throws Refusal. */
export const overseeApi = {
  supervise: (id: string, how: Supervision) => call<void>('PUT', `${running(id)}/supervision`, { how }),
  leave: (id: string) => call<void>('DELETE', `${running(id)}/supervision`),
  move: (id: string, queue: string) => call<void>('POST', `${running(id)}/move`, { queue }),
  setStatus: (user: string, status: Status) => call<void>('PUT', `${agent(user)}/status`, { status }),
  logOut: (user: string) => call<void>('POST', `${agent(user)}/logout`),
};

export type OverseeApi = typeof overseeApi;
