import { backoff } from '../state/backoff';
import { deskApi } from './desk';
import { Refusal } from './refusal';

export interface WatchEvents {
  lost(): void;
  /** The login is over; nothing more comes. */
  denied(): void;
}

const sessionEnded = 4401;

/** Tells every message of a stream that has this type, until the returned function is called. It connects again by itself. */
export function watch<T>(path: string, type: string, tell: (message: T) => void, events: WatchEvents): () => void {
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
    const mine = new WebSocket(new URL(path, location.href.replace(/^http/, 'ws').replace(/#.*$/, '')));
    socket = mine;
    mine.onmessage = (m) => {
      const message = read<T>(m.data, type);
      if (over || !message) return;
      tries = 0;
      tell(message);
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

function read<T>(data: unknown, type: string): T | null {
  try {
    const message = typeof data === 'string' ? JSON.parse(data) : null;
    return message?.type === type ? (message as T) : null;
  } catch {
    return null;
  }
}
