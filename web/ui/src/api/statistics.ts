import { call } from './http';

// What the API says of the past. It mirrors routing/fact/statistics.go; times are RFC 3339 in UTC, lengths seconds.

export const subjects = ['queue', 'agent', 'entry', 'trunk', 'company'] as const;
export type Subject = (typeof subjects)[number];
export const intervals = ['15m', 'hour', 'day', 'whole'] as const;
export type Interval = (typeof intervals)[number];

export interface AgentTimes {
  loggedIn: number;
  available: number;
  busy: number;
  away: number;
  occupancy: number | null;
}

export interface Row {
  name: string;
  from: string;
  to: string;
  calls: number;
  closed: number;
  offered: number;
  answered: number;
  abandoned: number;
  abandonedShort: number;
  overflowed: number;
  timedOut: number;
  serviceLevel: number | null;
  answerSpeed: number | null;
  longestWait: number;
  talkMean: number | null;
  holdMean: number | null;
  wrapUpMean: number | null;
  handlingMean: number | null;
  missed: number;
  refused: number;
  agent?: AgentTimes;
}

export interface Statistics {
  from: string;
  to: string;
  zone: string;
  rows: Row[];
}

export interface AbandonedCall {
  call: string;
  queue: string;
  number: string;
  name: string;
  entry: string;
  at: string;
  waited: number;
  short: boolean;
  state: 'open' | 'tried' | 'reached';
  later: string | null;
  times: number;
}

export interface Period {
  /** A date, by the company's clock. */
  from: string;
  /** Not in it. */
  to: string;
}

export interface Question extends Period {
  of: Subject;
  by: Interval;
}

const timeLimit = 30_000;

export const statisticsApi = {
  ask: (q: Question) => call<Statistics>('GET', `/api/statistics?${params(q)}`, undefined, timeLimit),
  csv: (q: Question) => `/api/statistics.csv?${params(q)}`,
  /** All of the time: the server gives them in pages. */
  abandoned: async (p: Period): Promise<AbandonedCall[]> => {
    const all: AbandonedCall[] = [];
    for (;;) {
      const after = all.at(-1)?.call;
      const query = new URLSearchParams({ ...p, limit: '500', ...(after ? { after } : {}) }).toString();
      const page = await call<{ calls: AbandonedCall[]; more: boolean }>(
        'GET',
        `/api/abandoned?${query}`,
        undefined,
        timeLimit,
      );
      all.push(...page.calls);
      if (!page.more) return all;
    }
  },
};

function params(of: Question): string {
  return new URLSearchParams({ ...of }).toString();
}
