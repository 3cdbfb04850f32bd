import { backoff } from '../state/backoff';
import { deskApi } from './desk';
import { Refusal } from './refusal';

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

export interface TrunkEvents {
  trunks(trunks: Trunk[]): void;
  lost(): void;
  /** The login is over; nothing more comes. */
  denied(): void;
}

const sessionEnded = 4401;

/** Tells of every trunk, now and at every change, until the returned function is called. It connects again by itself. */
export function watchTrunks(events: TrunkEvents): () => void {
  let socket: WebSocket | null = null;
  let timer = 0;
  let tries = 0;
  let over = false;
  const stop = () => {
    over = true;
    clearTimeout(timer);
    socket?.close();
  };
  const later = () => {
    timer = window.setTimeout(() => void again(), backoff(tries, Math.random()));
    tries += 1;
  };
  // A refused WebSocket does not say why, so the login is asked about first.
  const again = async () => {
    try {
      await deskApi.me();
      if (!over) connect();
    } catch (error) {
      if (over) return;
      if (error instanceof Refusal && error.status === 401) events.denied();
      else later();
    }
  };
  const connect = () => {
    const mine = new WebSocket(new URL('/api/trunks/events', location.href.replace(/^http/, 'ws').replace(/#.*$/, '')));
    socket = mine;
    mine.onmessage = (m) => {
      const trunks = read(m.data);
      if (over || !trunks) return;
      tries = 0;
      events.trunks(trunks);
    };
    mine.onclose = (e) => {
      if (over || socket !== mine) return;
      if (e.code === sessionEnded) return events.denied();
      events.lost();
      later();
    };
  };
  connect();
  return stop;
}

function read(data: unknown): Trunk[] | null {
  try {
    const message = typeof data === 'string' ? JSON.parse(data) : null;
    return message?.type === 'trunks' ? message.trunks : null;
  } catch {
    return null;
  }
}
