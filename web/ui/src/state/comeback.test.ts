import { expect, test } from 'vitest';
import type { PartyView } from '../api/types';
import { placeFor, toComeBackTo } from './comeback';
import { callView, given, offered, seen, view } from './fixture';

const party = (part: Partial<PartyView>): PartyView => ({
  leg: 'l',
  role: 'agent',
  state: 'talking',
  user: 'ben',
  name: 'Ben',
  number: '',
  muted: false,
  line: 'good',
  hears: [],
  ...part,
});
const ready = { type: 'line', line: 'ready' } as const;
const inCall = (part: Partial<PartyView> = {}) =>
  seen(view({ call: callView({ state: 'talking', parties: [party(part)] }) }));

test('after a reload, because this phone was in the call', () => {
  const s = given(ready, inCall());
  expect(toComeBackTo(s, 'c1')?.id).toBe('c1');
  expect(toComeBackTo(s, 'other')).toBeNull();
  expect(placeFor(s)?.id).toBe('c1'); // but the agent can take it here
});

test('after a crash elsewhere, because the server has lost the line', () => {
  expect(toComeBackTo(given(ready, inCall({ state: 'reconnecting' })), '')?.id).toBe('c1');
});

test.each([
  ['the phone has no line yet', given(inCall())],
  ['another window has the phone', given({ type: 'line', line: 'elsewhere' }, inCall())],
  ['the phone is in the call', given(ready, inCall(), offered())],
  ['the call still rings', given(ready, seen(view({ call: callView() })))],
  ['it is over', given(ready, seen(view({ call: callView({ state: 'ended' }) })))],
  ['it is a colleague’s', given(ready, inCall({ role: 'consulted' }))],
  ['what is shown is old', given(ready, inCall(), { type: 'stream', stream: 'lost' })],
  ['we have just hung up', given(ready, offered(), { type: 'phone-ended', call: 'c1' }, inCall())],
] as const)('not while %s', (_, s) => {
  expect(placeFor(s)).toBeNull();
});

test('a microphone that was refused is not asked for again and again', () => {
  const s = given(ready, inCall(), { type: 'microphone', microphone: 'refused' });
  expect(toComeBackTo(s, 'c1')).toBeNull();
  expect(placeFor(s)?.id).toBe('c1');
});
