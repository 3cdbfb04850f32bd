import { expect, test } from 'vitest';
import type { CallOutLook } from '../api/callout';
import { foundOf, fromDial, isNumber, nameOf, orderOf } from './callout';

const look: CallOutLook = {
  number: '+819011111111',
  name: '',
  country: 'JP',
  emergency: false,
  refused: '',
  conversation: null,
  queues: [
    { queue: 'sales', numbers: ['+8131', '+8132'] },
    { queue: 'support', numbers: [] },
  ],
};
const usual = { queue: '', from: '', fresh: false };

test.each([
  ['090 1111-1111', true],
  ['+81', true],
  ['119', true],
  ['mori', false],
  ['', false],
  ['4', false],
])('%s is a number: %s', (typed, is) => expect(isNumber(typed)).toBe(is));

test('in whose name', () => {
  expect(nameOf(look, '', '')).toEqual({ queue: 'sales', from: '+8131' });
  expect(nameOf(look, 'sales', '+8132')).toEqual({ queue: 'sales', from: '+8132' });
  expect(nameOf(look, 'gone', '+8139')).toEqual({ queue: 'sales', from: '+8131' });
  expect(nameOf(look, 'support', '+8132')).toEqual({ queue: 'support', from: '' });
  expect(nameOf(null, 'support', '')).toEqual({ queue: '', from: '' });
});

test('what may not be called is not asked for', () => {
  expect(orderOf(look, usual)).toEqual({ number: '+819011111111', queue: 'sales', from: '+8131' });
  expect(orderOf({ ...look, refused: 'No.' }, usual)).toBeNull();
  expect(orderOf({ ...look, number: '' }, usual)).toBeNull();
  expect(orderOf({ ...look, queues: [] }, usual)).toBeNull();
  expect(orderOf(null, usual)).toBeNull();
});

test('an open conversation is gone on with, unless a new one is wanted', () => {
  const conversation = { id: 'v', queue: 'sales', agent: '', status: 'open' as const, opened: '', notes: '' };
  expect(orderOf({ ...look, conversation }, usual)?.conversation).toBe('join');
  expect(orderOf({ ...look, conversation }, { ...usual, fresh: true })?.conversation).toBe('new');
});

test('every number is a line', () => {
  const found = foundOf([{ id: '1', name: 'Mori', numbers: ['+1', '+2'], email: '', tags: [], by: '' }]);
  expect(found.map((f) => f.number)).toEqual(['+1', '+2']);
});

test('the time line begins with whom the agent calls', () => {
  const events = ['offered', 'agent-answered', 'call-out', 'agent-answered'].map((kind) => ({
    kind,
    at: '',
    agent: '',
    queue: '',
    detail: '',
  }));
  expect(fromDial(events).map((e) => e.kind)).toEqual(['call-out', 'agent-answered']);
  expect(fromDial(events.slice(0, 2))).toHaveLength(2);
});
