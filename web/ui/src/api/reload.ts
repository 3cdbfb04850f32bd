import { call } from './http';

// What became of reading the file again. It mirrors web/reload.go.

export interface Reload {
  /** null: it has not been read again since the start. */
  at: string | null;
  by: string;
  applied: boolean;
  changes: string[];
  restart: string[];
  wrong: { file: string; line: number; column: number; key: string; text: string }[];
}

const reloadLimit = 30_000;

export const reloadApi = {
  last: () => call<Reload>('GET', '/api/reload'),
  now: () => call<Reload>('POST', '/api/reload', undefined, reloadLimit),
};
