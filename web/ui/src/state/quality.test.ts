import { expect, test } from 'vitest';
import type { PartyView } from '../api/types';
import { weaknessOf } from './quality';

const parties = (own: PartyView['line'], customer: PartyView['line']) =>
  [
    { role: 'customer', user: '', line: customer },
    { role: 'agent', user: 'ben', line: own },
  ] as PartyView[];

test.each([
  ['good', 'good', null],
  ['weak', 'good', 'lineWeak'],
  ['bad', 'bad', 'lineBad'],
  ['weak', 'bad', 'lineWeak'],
  ['good', 'weak', 'customerLineWeak'],
  ['good', 'bad', 'customerLineBad'],
] as const)('own %s, customer %s: %s', (own, customer, want) => {
  expect(weaknessOf(parties(own, customer), 'ben')).toBe(want);
});

test('who is not in the call is told of the customer only', () => {
  expect(weaknessOf(parties('bad', 'weak'), 'dana')).toBe('customerLineWeak');
});
