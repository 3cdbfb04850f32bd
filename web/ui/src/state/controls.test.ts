import { describe, expect, test } from 'vitest';
import type { CallView, PartyView } from '../api/types';
import { companyText } from '../text/party';
import { type Control, controlsOf } from './actions';
import type { DeskEvent } from './event';
import { callView, given, offered, seen, stage, view } from './fixture';
import { panelOf, stateOf } from './panel';
import { calledOf } from './parties';
import type { Wish } from './state';

const party = (leg: string, part: Partial<PartyView>): PartyView => ({
  leg,
  role: 'guest',
  state: 'talking',
  user: '',
  name: '',
  number: '',
  muted: false,
  line: 'good',
  hears: [],
  ...part,
});
const customer = (part: Partial<PartyView> = {}) =>
  party('k', { role: 'customer', number: '+819012345678', hears: ['b'], ...part });
const ben = (part: Partial<PartyView> = {}) => party('b', { role: 'agent', user: 'ben', hears: ['k'], ...part });
const away: Partial<PartyView> = { state: 'held', hears: [] };
const call = (parties: PartyView[], part: Partial<CallView> = {}): DeskEvent =>
  seen(view({ call: callView({ state: 'talking', recording: true, parties, ...part }) }));
const wish = (control: Wish['control'], id = 'c1'): DeskEvent => ({ type: 'wish', wish: { call: id, control } });

const two = [customer(), ben()];
const held = [customer(away), ben({ hears: [] })];
const asking = [...held, party('c', { role: 'consulted', state: 'ringing', name: 'Chiara' })];
const consulting = [
  customer(away),
  ben({ hears: ['c'] }),
  party('c', { role: 'consulted', name: 'Chiara', hears: ['b'] }),
];
const switched = [customer(), ben(), party('c', { role: 'consulted', name: 'Chiara', ...away })];
const conference = [
  customer({ hears: ['b', 'c'] }),
  ben({ hears: ['k', 'c'] }),
  party('c', { name: 'Chiara', hears: ['k', 'b'] }),
];

describe('what the places of the panel offer', () => {
  test.each<[string, PartyView[], string, (Control | null)[]]>([
    ['a talk of two', two, 'talking', ['hold', 'keypad', 'pause', 'transfer', 'consult', 'party']],
    ['before the parties are known', [], 'talking', ['hold', 'keypad', 'pause', 'transfer', 'consult', 'party']],
    ['on hold', held, 'held', ['resume', 'keypad', 'pause', 'transfer', 'consult', 'party']],
    ['who is asked rings', asking, 'asking', ['back', null, 'pause', 'complete', null, null]],
    ['consulting', consulting, 'consulting', ['back', 'keypad', 'pause', 'complete', 'switch', 'merge']],
    ['back with the caller', switched, 'switched', ['back', 'keypad', 'pause', 'complete', 'switch', 'merge']],
    ['a conference', conference, 'talking', ['hold', 'keypad', 'pause', 'transfer', 'consult', 'party']],
  ])('%s', (_, parties, state, controls) => {
    const panel = panelOf(given(call(parties)));
    expect(stateOf(panel)).toBe(state);
    expect(controlsOf(panel)).toEqual(controls);
  });

  test('nothing of the call of a colleague, but the own microphone', () => {
    const parties = [customer(), ben({ role: 'guest' }), party('a', { role: 'agent', user: 'aiko' })];
    expect(controlsOf(panelOf(given(call(parties)))).filter(Boolean)).toEqual([]);
  });

  test('nothing while it rings, and no pause of what is not recorded', () => {
    expect(controlsOf(panelOf(given(seen(view({ call: callView() }))))).filter(Boolean)).toEqual([]);
    expect(controlsOf(panelOf(given(call(two, { recording: false }))))).not.toContain('pause');
    expect(controlsOf(panelOf(given(call(two, { paused: true }))))).toContain('unpause');
  });
});

describe('a wish', () => {
  test('is shown at once', () => {
    expect(panelOf(given(call(two), wish('hold'))).talk).toBe('held');
    expect(panelOf(given(call(held), wish('resume'))).talk).toBe('talking');
    expect(panelOf(given(call(two), wish('pause'))).paused).toBe(true);
    expect(panelOf(given(call(two), wish('mute'))).muted).toBe(true);
    expect(panelOf(given(call(two), wish('consult'))).wishes).toEqual(['consult']);
  });

  test('survives a view that tells of something else, and ends with the view that has it', () => {
    expect(given(call(two), wish('hold'), call(two)).wishes).toHaveLength(1);
    expect(given(call(two), wish('hold'), call(held)).wishes).toEqual([]);
    expect(given(call(two), wish('pause'), call(two, { paused: true })).wishes).toEqual([]);
    expect(given(call(two), wish('mute'), call([customer(), ben({ muted: true })])).wishes).toEqual([]);
    expect(given(call(two), wish('transfer'), seen(view())).wishes).toEqual([]);
    expect(given(call(two), wish('hold'), call(two, { state: 'ended' })).wishes).toEqual([]);
  });

  test('its contrary replaces it, and it can be taken back only itself', () => {
    const s = given(call(two), wish('hold'), wish('resume'));
    expect(s.wishes.map((w) => w.control)).toEqual(['resume']);
    expect(
      given(call(two), wish('hold'), wish('resume'), { type: 'wish-over', wish: { call: 'c1', control: 'hold' } })
        .wishes,
    ).toHaveLength(1);
  });

  test('refused, it is as before and the reason is said', () => {
    const hold: Wish = { call: 'c1', control: 'hold' };
    const s = given(
      call(two),
      { type: 'wish', wish: hold },
      { type: 'wish-over', wish: hold },
      {
        type: 'refused',
        place: 'call',
        why: 'no',
      },
    );
    expect(panelOf(s).talk).toBe('talking');
    expect(s.refusals.call).toBe('no');
  });

  test('hanging up is believed also out of a hold', () => {
    const hangup: DeskEvent = { type: 'intent', intent: { kind: 'hangup', call: 'c1' } };
    expect(panelOf(given(call(held, { state: 'held' }), hangup, call(held, { state: 'held' }))).kind).toBe('ended');
  });
});

test('muted is the microphone here, or the server', () => {
  const local: DeskEvent = { type: 'phone-muted', muted: true };
  expect(panelOf(given(call(two), offered(), stage('connected'), local)).muted).toBe(true);
  expect(panelOf(given(call([customer(), ben({ muted: true })]))).muted).toBe(true);
});

test('who hears whom, in words', () => {
  expect(companyText(two, 'ben')).toBe('');
  expect(companyText(held, 'ben')).toBe('+81 90 1234 5678 on hold');
  expect(companyText(asking, 'ben')).toBe('+81 90 1234 5678 on hold · Calling Chiara…');
  expect(companyText(consulting, 'ben')).toBe('+81 90 1234 5678 on hold · You talk with Chiara');
  expect(companyText(conference, 'ben')).toBe('You talk with +81 90 1234 5678 and Chiara');
  expect(companyText([customer(), ben({ muted: true })], 'ben')).toBe('nobody hears you');
  const dana = party('d', { role: 'supervisor', state: 'listen', name: 'Dana', hears: ['k', 'b'] });
  expect(companyText([...two, dana], 'ben')).toContain('Dana listens');
  expect(companyText([...two, { ...dana, state: 'whisper' }], 'ben')).toContain('Dana whispers to you');
});

test('whom the agent can hang up on', () => {
  expect(calledOf(conference).map((p) => p.leg)).toEqual(['c']);
});
