import { expect, test } from 'vitest';
import type { Targets } from '../api/types';
import { inPlace, matching, numberIn, targetsOf } from './targets';

const agent = (user: string, free: boolean) => ({
  user,
  name: user.toUpperCase(),
  status: 'available' as const,
  activity: free ? ('idle' as const) : ('talking' as const),
  since: '',
  free,
});
const targets: Targets = {
  agents: [agent('chen', true), agent('aiko', false)],
  queues: [{ name: 'Sales', waiting: 2, longest: null, messages: 0, open: false }],
  anyNumber: true,
};

test('agents and queues; a queue is no party of a conference', () => {
  expect(targetsOf(targets, false).map((t) => [t.id, t.free, t.state])).toEqual([
    ['agent chen', true, 'available'],
    ['agent aiko', false, 'talking'],
    ['queue Sales', false, 'closed'],
  ]);
  expect(targetsOf(targets, true)).toHaveLength(2);
});

test('a newer list keeps the places', () => {
  const before = targetsOf(targets, false);
  const now = targetsOf({ ...targets, agents: [agent('aiko', true), agent('ben', true), agent('chen', false)] }, false);
  expect(inPlace(before, now).map((t) => t.id)).toEqual(['agent chen', 'agent aiko', 'queue Sales', 'agent ben']);
});

test('found by part of the name, in any case', () => {
  expect(matching(targetsOf(targets, false), ' sal ').map((t) => t.name)).toEqual(['Sales']);
});

test.each([
  ['+81 3-1234-5678', '+81 3-1234-5678'],
  [' 110 ', '110'],
  ['Sales', ''],
  ['Sales 2', ''],
  ['+', ''],
  ['()', ''],
  ['7', ''],
])('is %s a number', (typed, number) => expect(numberIn(typed)).toBe(number));
