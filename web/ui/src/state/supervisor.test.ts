import { expect, test } from 'vitest';
import type { Row } from '../api/statistics';
import type { WallAgent, WallQueue } from '../api/wallboard';
import { chart, labelled, path, point, roof } from './chart';
import { addDays, figuresOf, period, series } from './report';
import { alarm, bar, bySince } from './wallboard';
import { pageOf } from './watches';

const agent = (user: string, state: WallAgent['state'], since: string): WallAgent => ({
  user,
  name: user,
  status: 'available',
  activity: 'idle',
  since,
  phone: true,
  state,
  queues: [],
});

test('agents are sorted by time in their state, those who are gone last', () => {
  const sorted = bySince([
    agent('a', 'offline', '2026-11-21T00:00:00Z'),
    agent('b', 'talking', '2026-11-21T10:00:00Z'),
    agent('c', 'away', '2026-11-21T09:00:00Z'),
    agent('d', 'talking', '2026-11-21T10:00:00Z'),
  ]);
  expect(sorted.map((a) => a.user)).toEqual(['c', 'b', 'd', 'a']);
});

const queue = (waiting: number, agents: WallQueue['agents']): WallQueue => ({
  name: 'q',
  waiting,
  longest: null,
  within: 20,
  agents,
  today: null,
});

test('the bar is full, and calls come first', () => {
  expect(bar(queue(0, {}))).toEqual([]);
  expect(bar(queue(0, { away: 1, talking: 3 }))).toEqual([
    { state: 'talking', agents: 3, at: 0, width: 75 },
    { state: 'away', agents: 1, at: 75, width: 25 },
  ]);
});

test('a queue alarms when somebody waits longer than the service level', () => {
  expect(alarm(queue(0, {}), 100)).toBe(false);
  expect(alarm(queue(1, {}), 20)).toBe(false);
  expect(alarm(queue(1, {}), 21)).toBe(true);
});

test('the roof of an axis', () => {
  expect([0, 0.3, 1, 1.2, 7, 10, 11, 420].map(roof)).toEqual([1, 0.5, 1, 2, 10, 10, 20, 500]);
});

test('a line has gaps where there is nothing', () => {
  expect(path({ name: '', values: [0, 1, null, 1] }, 1)).toBe(
    `M${chart.left} 252L${point(1, 4, 1, 1)[0]} 12M${point(3, 4, 1, 1)[0]} 12`,
  );
  expect(point(0, 1, 1, 1)[0]).toBe((chart.left + chart.width - chart.right) / 2);
});

test('labels are few', () => {
  expect(labelled(3, 8)).toEqual([0, 1, 2]);
  expect(labelled(24, 8)).toEqual([0, 3, 6, 9, 12, 15, 18, 21]);
});

test('dates', () => {
  expect(addDays('2026-02-28', 1)).toBe('2026-03-01');
  expect(period('2026-11-21', '2026-11-21')).toEqual({ from: '2026-11-21', to: '2026-11-22' });
  expect(period('2026-11-22', '2026-11-21')).toBeNull();
  expect(period('', '2026-11-21')).toBeNull();
});

test('rows by name', () => {
  const row = (name: string, answered: number) => ({ name, answered }) as Row;
  const all = series([row('a', 1), row('a', 2), row('b', 3)]);
  expect(all.map((s) => [s.name, s.rows.length])).toEqual([
    ['a', 2],
    ['b', 1],
  ]);
  expect(figuresOf('agent').map((f) => f.name)).toContain('occupancy');
  expect(figuresOf('entry')[0]?.name).toBe('calls');
});

test('who may see which page', () => {
  const me = (role: string, takesCalls: boolean) => ({ user: 'x', name: 'X', role, agent: takesCalls });
  expect(pageOf('#wallboard', me('agent', true))).toBe('desk');
  expect(pageOf('#wallboard', me('supervisor', true))).toBe('wallboard');
  expect(pageOf('', me('supervisor', true))).toBe('desk');
  expect(pageOf('', me('admin', false))).toBe('trunks');
  expect(pageOf('#desk', me('admin', false))).toBe('trunks');
});
