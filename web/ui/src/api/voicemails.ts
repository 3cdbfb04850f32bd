import { call } from './http';

/** A message that a caller has left. It mirrors routing/fact/voicemail.go; times are RFC 3339 in UTC. */
export interface Voicemail {
  id: string;
  queue: string;
  number: string;
  name: string;
  at: string;
  seconds: number;
  heard: string | null;
  heardBy: string;
  done: string | null;
  doneBy: string;
  ready: boolean;
}

/** What agents do with messages. Each throws Refusal. */
export const voicemailApi = {
  list: async () => (await call<{ voicemails: Voicemail[] }>('GET', '/api/voicemails')).voicemails,
  heard: (id: string) => call<void>('POST', `/api/voicemails/${encodeURIComponent(id)}/heard`),
  done: (id: string) => call<void>('PUT', `/api/voicemails/${encodeURIComponent(id)}/done`, { done: true }),
  sound: (id: string) => `/api/voicemails/${encodeURIComponent(id)}/sound`,
};
