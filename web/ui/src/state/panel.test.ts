import { describe, expect, test } from 'vitest';
import type { DeskEvent } from './event';
import { callView, given, offered, seen, stage, start, view, wrapUpView } from './fixture';
import { panelOf, stale } from './panel';

const ringing = seen(view({ call: callView() }));
const talking = seen(view({ call: callView({ state: 'talking' }) }));
const ended = callView({ state: 'ended', endReason: 'caller-hung-up' });
const intent = (kind: 'answer' | 'refuse' | 'hangup'): DeskEvent => ({ type: 'intent', intent: { kind, call: 'c1' } });
const lost: DeskEvent = { type: 'stream', stream: 'lost' };

describe('what the call panel shows', () => {
  test.each<[string, DeskEvent[], string]>([
    ['nothing yet', [], 'idle'],
    ['no call', [seen(view())], 'idle'],
    ['the event came, the INVITE not yet', [ringing], 'ringing'],
    ['the INVITE came, the event not yet', [seen(view()), offered()], 'ringing'],
    ['both came', [ringing, offered()], 'ringing'],
    ['answer was asked before the INVITE', [ringing, intent('answer')], 'connecting'],
    ['the phone answers', [ringing, offered(), stage('answering')], 'connecting'],
    ['the phone is connected, the server not yet', [ringing, offered(), stage('connected')], 'connecting'],
    ['the same with the event stream cut', [ringing, offered(), stage('connected'), lost], 'talking'],
    ['talking', [ringing, offered(), stage('connected'), talking], 'talking'],
    ['talking, heard elsewhere', [talking], 'talking'],
    ['refused, not confirmed yet', [ringing, offered(), intent('refuse')], 'ended'],
    ['hung up, not confirmed yet', [talking, offered(), stage('connected'), intent('hangup')], 'ended'],
    ['the phone was hung up on', [ringing, offered(), stage('connected'), talking, left()], 'ended'],
    ['the offer was cancelled', [ringing, offered(), left()], 'ended'],
    ['ended', [seen(view({ call: ended }))], 'ended'],
    ['wrap-up', [seen(view({ call: ended, wrapUp: wrapUpView() }))], 'wrap-up'],
    ['wrap-up without its call', [seen(view({ wrapUp: wrapUpView() }))], 'wrap-up'],
    ['the phone holds on to a call that is over', [talking, offered(), stage('connected'), seen(view())], 'idle'],
  ])('%s', (_, events, kind) => {
    expect(panelOf(given(...events)).kind).toBe(kind);
  });

  function left(): DeskEvent {
    return { type: 'phone-ended', call: 'c1' };
  }

  test('the phone knows the caller before the event comes', () => {
    expect(panelOf(given(seen(view()), offered()))).toMatchObject({ number: '+8190', name: 'A', since: start });
  });

  test('who hears the call', () => {
    expect(panelOf(given(talking)).audio).toBe('elsewhere');
    expect(panelOf(given(talking, offered(), stage('connected'))).audio).toBe('ok');
    const cut = given(talking, offered(), stage('connected'), { type: 'phone-audio', audio: 'lost' });
    expect(panelOf(cut).audio).toBe('lost');
  });

  test('mute', () => {
    const muted = given(talking, offered(), stage('connected'), { type: 'phone-muted', muted: true });
    expect(panelOf(muted).muted).toBe(true);
  });

  test('in wrap-up the time is its end', () => {
    expect(panelOf(given(seen(view({ wrapUp: wrapUpView() })))).since).toBe(start + 30_000);
  });

  test('a call is stale only while the stream is open and tells another story', () => {
    expect(stale(given(seen(view()), offered(), stage('connected')))).toBe(true);
    expect(stale(given(seen(view()), offered(), stage('connected'), lost))).toBe(false);
    expect(stale(given(seen(view()), offered()))).toBe(false);
    expect(stale(given(talking, offered(), stage('connected')))).toBe(false);
  });
});
