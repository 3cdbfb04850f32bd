import { expect, test } from 'vitest';
import type { RunningCall } from '../api/oversee';
import type { PartyView } from '../api/types';
import { agentsOf, isOwn, modeOf, ownPart, placeOf } from './calls';

const call = (state: string, ...parties: Partial<PartyView>[]) =>
  ({ id: 'c', state, agent: 'ben', parties: parties as PartyView[] }) as RunningCall;

test('where a call is', () => {
  expect(placeOf(call('wait'))).toBe('waits');
  expect(placeOf(call('talk'))).toBe('talks');
  expect(placeOf(call('menu'))).toBe('onTheWay');
});

test('the own part', () => {
  const c = call(
    'talk',
    { user: 'ben', name: 'Ben', role: 'agent', state: 'talking' },
    { user: 'dana', name: 'Dana', role: 'supervisor', state: 'whisper' },
  );
  expect(modeOf(ownPart(c, 'dana'))).toBe('whisper');
  expect(ownPart(c, 'ben')).toBeNull();
  expect([isOwn(c, 'ben'), isOwn(c, 'dana')]).toEqual([true, false]);
  expect(agentsOf(c)).toBe('Ben');
  expect(agentsOf(call('wait'))).toBe('ben');
  const rings = call('talk', { user: 'dana', role: 'supervisor', state: 'ringing' });
  expect(ownPart(rings, 'dana')).not.toBeNull();
  expect(modeOf(ownPart(rings, 'dana'))).toBeNull();
});
