import { call } from './http';

// What was recorded. It mirrors routing/fact/recording.go; times are RFC 3339 in UTC.

export interface Gap {
  channel: number;
  /** Nanoseconds since the file's start. */
  from: number;
  to: number;
  cause: string;
}

/** Something that happened in the call. */
export interface Happening {
  /** Nanoseconds since the file's start. */
  at: number;
  kind: string;
  detail: string;
}

export interface Recording {
  id: string;
  conversation: string;
  call: string;
  segment: string;
  leg: string;
  part: string;
  queue: string;
  agent: string;
  number: string;
  name: string;
  entry: string;
  direction: string;
  disposition: string;
  began: string;
  seconds: number;
  bytes: number;
  format: string;
  sha256: string;
  gaps: Gap[];
  marks: Happening[];
  repaired: boolean;
  held: string | null;
  heldBy: string;
  heldWhy: string;
}

export interface Lane {
  part: string;
  /** Seconds behind the beginning of the whole. */
  from: number;
  seconds: number;
  /** 0 to 100. */
  peaks: number[];
}

export interface RecordingsQuestion {
  from?: string;
  to?: string;
  agent?: string;
  queue?: string;
  customer?: string;
  disposition?: string;
  call?: string;
  before?: string;
}

const timeLimit = 30_000;

/** What one does with recordings. Each throws Refusal. */
export const recordingsApi = {
  list: (q: RecordingsQuestion) =>
    call<{ recordings: Recording[]; more: boolean }>('GET', `/api/recordings?${params(q)}`, undefined, timeLimit),
  csv: (q: RecordingsQuestion) => `/api/recordings.csv?${params(q)}`,
  wave: (id: string, all: boolean) =>
    call<{ lanes: Lane[] }>('GET', `${one(id)}/wave?points=600${all ? '&legs=all' : ''}`, undefined, timeLimit).then(
      (answer) => answer.lanes,
    ),
  sound: (id: string, all: boolean, download = false) =>
    `${one(id)}/sound?${[all ? 'legs=all' : '', download ? 'download=1' : ''].filter(Boolean).join('&')}`,
  metadata: (id: string) => `${one(id)}/metadata?download=1`,
  remove: (id: string, reason: string) => call<void>('DELETE', one(id), { reason }, timeLimit),
  hold: (id: string, hold: boolean, reason: string) => call<void>('PUT', `${one(id)}/hold`, { hold, reason }),
};

function one(id: string): string {
  return `/api/recordings/${encodeURIComponent(id)}`;
}

function params(q: RecordingsQuestion): string {
  return new URLSearchParams(Object.entries(q).filter(([, value]) => value)).toString();
}
