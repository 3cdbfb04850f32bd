import type { Period, Row, Subject } from '../api/statistics';

export type Kind = 'count' | 'share' | 'time';

/** A figure of reports: what it is called (figure.NAME), how it is written, and its value in a row. */
export interface Figure {
  name: string;
  kind: Kind;
  of: (row: Row) => number | null;
}

const count = (name: keyof Row): Figure => ({ name, kind: 'count', of: (row) => row[name] as number });
const time = (name: keyof Row): Figure => ({ name, kind: 'time', of: (row) => row[name] as number | null });
const agentTime = (name: 'loggedIn' | 'available' | 'busy' | 'away'): Figure => ({
  name,
  kind: 'time',
  of: (row) => row.agent?.[name] ?? null,
});

const visits: Figure[] = [
  count('offered'),
  count('answered'),
  { name: 'serviceLevel', kind: 'share', of: (row) => row.serviceLevel },
  time('answerSpeed'),
  time('longestWait'),
  count('abandoned'),
  count('abandonedShort'),
  count('overflowed'),
  count('timedOut'),
  count('closed'),
  time('talkMean'),
  time('holdMean'),
  time('wrapUpMean'),
  time('handlingMean'),
  count('missed'),
];

const agents: Figure[] = [
  count('answered'),
  count('missed'),
  count('refused'),
  time('handlingMean'),
  time('talkMean'),
  time('holdMean'),
  time('wrapUpMean'),
  agentTime('loggedIn'),
  agentTime('available'),
  agentTime('busy'),
  agentTime('away'),
  { name: 'occupancy', kind: 'share', of: (row) => row.agent?.occupancy ?? null },
];

/** The figures of a report, in the order of its columns. */
export function figuresOf(of: Subject): readonly Figure[] {
  if (of === 'agent') return agents;
  return of === 'queue' ? visits : [count('calls'), ...visits];
}

export interface Series {
  name: string;
  rows: Row[];
}

/** The rows of each name, in their order. */
export function series(rows: readonly Row[]): Series[] {
  const all = new Map<string, Row[]>();
  for (const row of rows) {
    const known = all.get(row.name);
    if (known) known.push(row);
    else all.set(row.name, [row]);
  }
  return [...all].map(([name, of]) => ({ name, rows: of }));
}

/** 2026-11-21 and some days: "2026-11-23". */
export function addDays(date: string, days: number): string {
  const at = new Date(`${date}T00:00:00Z`);
  at.setUTCDate(at.getUTCDate() + days);
  return at.toISOString().slice(0, 10);
}

/** Dates as people say them, both in it, as the API takes them. null: one is missing, or they are the wrong way round. */
export function period(first: string, last: string): Period | null {
  if (!first || !last || last < first) return null;
  return { from: first, to: addDays(last, 1) };
}
