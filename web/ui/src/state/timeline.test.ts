import { expect, test } from 'vitest';
import { byDay, daysAgo } from './timeline';

const at = (time: string) => ({ at: new Date(time).toISOString(), kind: 'queued', agent: '', queue: '', detail: '' });

test('events are in order, by local day', () => {
  const days = byDay([at('2026-11-21T09:00'), at('2026-11-20T23:59'), at('2026-11-21T08:00')]);
  expect(days.map((d) => d.events.length)).toEqual([1, 2]);
  expect(days[1]?.events[0]?.at).toBe(at('2026-11-21T08:00').at);
  const now = new Date('2026-11-21T00:01').getTime();
  expect(days.map((d) => daysAgo(d.start, now))).toEqual([1, 0]);
});

test('no events, no days', () => expect(byDay([])).toEqual([]));
