import { call } from './http';

export type CallbackState = 'in-queue' | 'assigned' | 'active' | 'no-answer' | 'completed' | 'exhausted' | 'cancelled';

/** A customer who is to be called. It mirrors routing/fact/callback.go; times are RFC 3339 in UTC. */
export interface Callback {
  id: string;
  type: 'automatic' | 'manual';
  state: CallbackState;
  queue: string;
  number: string;
  name: string;
  since: string;
  due: string;
  owner: string;
  by: string;
  agent: string;
  attempts: number;
}

export interface Plan {
  number?: string;
  at: string;
  personal: boolean;
}

const one = (id: string) => `/api/callbacks/${encodeURIComponent(id)}`;

/** What agents do with callbacks. Each throws Refusal. */
export const callbackApi = {
  list: async () => (await call<{ callbacks: Callback[] }>('GET', '/api/callbacks?state=open')).callbacks,
  plan: (plan: Plan) => call<Callback>('POST', '/api/callbacks', plan),
  take: (id: string) => call<void>('POST', `${one(id)}/take`),
  call: (id: string) => call<{ id: string }>('POST', `${one(id)}/call`),
  done: (id: string) => call<void>('POST', `${one(id)}/done`),
  cancel: (id: string) => call<void>('DELETE', one(id)),
};
