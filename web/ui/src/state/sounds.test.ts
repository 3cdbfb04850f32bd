import { expect, test } from 'vitest';
import { callView, given, offered, seen, stage, view, wrapUpView } from './fixture';
import { rings, soundsOf } from './sounds';

const ringing = seen(view({ call: callView() }));
const talking = seen(view({ call: callView({ state: 'talking' }) }));
const inCall = given(ringing, offered(), stage('connected'), talking);

test('it rings while the panel rings', () => {
  expect(rings(given(ringing))).toBe(true);
  expect(rings(given(ringing, offered(), stage('answering')))).toBe(false);
  expect(rings(given(seen(view())))).toBe(false);
});

test('connected, once', () => {
  expect(soundsOf(given(ringing, offered(), stage('connected')), inCall)).toEqual(['connected']);
  expect(soundsOf(inCall, inCall)).toEqual([]);
});

test('a page that is opened in a call makes no sound', () => {
  expect(soundsOf(given(), given(talking))).toEqual([]);
});

test('ended', () => {
  expect(soundsOf(inCall, given(seen(view({ wrapUp: wrapUpView() }))))).toEqual(['ended']);
});

test('lost, once for each loss', () => {
  const lost = given({ type: 'stream', stream: 'lost' });
  expect(soundsOf(given(), lost)).toEqual(['lost']);
  expect(soundsOf(lost, lost)).toEqual([]);
  expect(soundsOf(lost, given())).toEqual([]);
  const out = given({ type: 'signed-out', ended: true });
  expect(soundsOf(given(), out)).toEqual([]);
});
