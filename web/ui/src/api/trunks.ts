import { type WatchEvents, watch } from './watch';

// What the trunks' event stream sends. It mirrors web/trunks.go; times are RFC 3339 in UTC.

export type Health = 'up' | 'degraded' | 'down' | 'unknown';

export interface Registration {
  state: 'registering' | 'registered' | 'refused' | 'failed' | 'not-registered';
  since: string | null;
  server: string;
  expires: string | null;
  next: string | null;
  error: string;
}

export interface Target {
  server: string;
  address: string;
  health: 'up' | 'down' | 'unknown';
  since: string | null;
  rtt: number;
  error: string;
  errorAt: string | null;
  again: string | null;
}

export interface Trunk {
  name: string;
  kind: 'byoc' | 'carrier';
  health: Health;
  registration: Registration | null;
  targets: Target[];
  in: number;
  out: number;
  window: number;
  attempts: number;
  answered: number;
  failures: number;
  asr: number;
  pdd: number;
}

export interface TrunkEvents extends WatchEvents {
  trunks(trunks: Trunk[]): void;
}

/** Tells of every trunk, now and at every change, until the returned function is called. */
export function watchTrunks(events: TrunkEvents): () => void {
  return watch<{ trunks: Trunk[] }>('/api/trunks/events', 'trunks', (message) => events.trunks(message.trunks), events);
}
