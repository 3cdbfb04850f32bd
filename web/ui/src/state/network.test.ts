import { expect, test } from 'vitest';
import { judge } from './network';

test.each([
  ['near', [12, 11, 13, 12, 40], 'good'],
  ['far', [290, 295, 300, 305, 299], 'good'],
  ['too far', [400, 401, 402, 400, 401], 'weak'],
  ['restless', [20, 220, 20, 20, 200], 'weak'],
  ['one was lost', [20, null, 20, 20, 20], 'weak'],
  ['two were lost', [20, null, null, 20, 20], 'bad'],
  ['nothing', [null, null, null], 'bad'],
  ['another planet', [900, 900, 900], 'bad'],
] as const)('%s', (_, times, verdict) => expect(judge(times).verdict).toBe(verdict));

test('figures', () => {
  expect(judge([10, 20, 30, null])).toEqual({ trip: 20, jitter: 20 / 3, lost: 1, verdict: 'weak' });
  expect(judge([]).verdict).toBe('bad');
});
