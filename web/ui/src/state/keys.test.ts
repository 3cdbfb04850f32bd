import { expect, test } from 'vitest';
import { actionsOf, type Deed } from './actions';
import { callView, given, offered, seen, stage, view } from './fixture';
import { commandOf, type KeyCommand, type Stroke } from './keys';
import { panelOf } from './panel';

const ringing: Deed[] = ['answer', 'refuse'];
const talking: Deed[] = ['mute', 'hangup', 'hold', 'keypad', 'pause', 'transfer', 'consult', 'party'];
const consulting: Deed[] = ['mute', 'hangup', 'back', 'keypad', 'pause', 'complete', 'switch', 'merge'];
const stroke = (key: string, part: Partial<Stroke> = {}): Stroke => ({
  key,
  repeat: false,
  ctrl: false,
  other: false,
  focus: 'page',
  ...part,
});

test.each<[string, Stroke, Deed[], boolean, boolean, KeyCommand]>([
  ['Enter answers', stroke('Enter'), ringing, false, false, 'answer'],
  ['Enter in the notes is a new line', stroke('Enter', { focus: 'text' }), ringing, false, false, null],
  ['Enter on a button is the button’s', stroke('Enter', { focus: 'control' }), ringing, false, false, null],
  [
    'Ctrl Enter answers from the notes',
    stroke('Enter', { ctrl: true, focus: 'text' }),
    ringing,
    false,
    false,
    'answer',
  ],
  ['Enter does nothing in a call', stroke('Enter'), talking, false, false, null],
  ['a key that repeats does nothing', stroke('Enter', { repeat: true }), ringing, false, false, null],
  ['Backspace begins to refuse', stroke('Backspace', { focus: 'control' }), ringing, false, false, 'hold-refuse'],
  ['Backspace in the notes deletes', stroke('Backspace', { focus: 'text' }), ringing, false, false, null],
  ['M mutes', stroke('m'), talking, false, false, 'mute'],
  ['M with Caps Lock mutes', stroke('M'), talking, false, false, 'mute'],
  ['M in the notes is a letter', stroke('m', { focus: 'text' }), talking, false, false, null],
  ['Ctrl M is the browser’s', stroke('m', { ctrl: true }), talking, false, false, null],
  ['H holds', stroke('h'), talking, false, false, 'hold'],
  ['H goes back in a consultation', stroke('h'), consulting, false, false, 'back'],
  ['T transfers', stroke('t'), talking, false, false, 'transfer'],
  ['T completes a consultation', stroke('T'), consulting, false, false, 'complete'],
  ['C switches in a consultation', stroke('c'), consulting, false, false, 'switch'],
  ['P merges a consultation', stroke('p'), consulting, false, false, 'merge'],
  ['P adds a party', stroke('p'), talking, false, false, 'party'],
  ['H in the notes is a letter', stroke('h', { focus: 'text' }), talking, false, false, null],
  ['H means nothing while it rings', stroke('h'), ringing, false, false, null],
  ['the first Escape arms', stroke('Escape', { focus: 'text' }), talking, false, false, 'arm-hangup'],
  ['the second Escape hangs up', stroke('Escape', { focus: 'text' }), talking, false, true, 'hangup'],
  ['Escape without a call does nothing', stroke('Escape'), [], false, true, null],
  ['Ctrl Enter is done', stroke('Enter', { ctrl: true, focus: 'text' }), [], true, false, 'done'],
])('%s', (_, key, can, wrapUp, armed, command) => {
  expect(commandOf(key, can, wrapUp, armed)).toBe(command);
});

test('what can be done in each state', () => {
  const talk = seen(view({ call: callView({ state: 'talking' }) }));
  expect(actionsOf(panelOf(given()))).toEqual([null, null]);
  expect(actionsOf(panelOf(given(seen(view({ call: callView() })))))).toEqual(['answer', 'refuse']);
  expect(actionsOf(panelOf(given(offered(), stage('answering'))))).toEqual([null, 'hangup']);
  expect(actionsOf(panelOf(given(talk, offered(), stage('connected'))))).toEqual(['mute', 'hangup']);
  expect(actionsOf(panelOf(given(talk)))).toEqual(['mute', 'hangup']); // a desk phone is muted by the server
});
