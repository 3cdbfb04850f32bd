import { describe, expect, test } from 'vitest';
import { callView, given, offered, seen, stage, start, view, wrapUpView } from './fixture';
import { onInvite } from './invite';
import { statusLine } from './line';
import { reduce } from './reduce';

describe('status', () => {
  const away = seen(view({ agent: { ...view().agent, status: 'away' } }));
  test('is shown at once, and held until the view has it', () => {
    const asked = given(away, { type: 'status-wanted', status: 'available' });
    expect(asked.wanted).toBe('available');
    expect(reduce(asked, away).wanted).toBe('available');
    expect(reduce(asked, seen(view())).wanted).toBeNull();
  });
  test('goes back when refused, and says why', () => {
    const s = given(
      away,
      { type: 'status-wanted', status: 'available' },
      { type: 'status-settled', status: 'available' },
      { type: 'refused', place: 'status', why: 'No phone.' },
    );
    expect(s.wanted).toBeNull();
    expect(statusLine(s)).toEqual({ tone: 'bad', text: 'No phone.' });
    expect(reduce(s, { type: 'status-wanted', status: 'busy' }).refusals.status).toBeUndefined();
  });
  test('an older wish does not undo a newer one', () => {
    const s = given({ type: 'status-wanted', status: 'busy' }, { type: 'status-settled', status: 'available' });
    expect(s.wanted).toBe('busy');
  });
});

describe('the line under the status', () => {
  const noticed = seen(view({ notice: 'not answering' }));
  test('refusal before notice before phone', () => {
    expect(statusLine(given({ type: 'line', line: 'ready' }))).toEqual({ tone: 'quiet', phone: 'ready' });
    expect(statusLine(given({ type: 'line', line: 'lost' }))).toEqual({ tone: 'warn', phone: 'lost' });
    expect(statusLine(given(noticed))).toEqual({ tone: 'notice', text: 'not answering' });
    expect(statusLine(given(noticed, { type: 'refused', place: 'status', why: 'x' })).tone).toBe('bad');
  });
  test('a closed notice stays closed until there is another', () => {
    const closed = given(noticed, { type: 'dismissed', notice: 'not answering' }, noticed);
    expect(statusLine(closed).tone).toBe('warn');
    expect(statusLine(reduce(closed, seen(view({ notice: 'other' })))).tone).toBe('notice');
    const again = [seen(view()), noticed].reduce(reduce, closed);
    expect(statusLine(again).tone).toBe('notice');
  });
});

describe('intents', () => {
  const ringing = seen(view({ call: callView() }));
  const talking = seen(view({ call: callView({ state: 'talking' }) }));
  const answer = { type: 'intent', intent: { kind: 'answer', call: 'c1' } } as const;
  const hangup = { type: 'intent', intent: { kind: 'hangup', call: 'c1' } } as const;
  test('live while they can still happen', () => {
    expect(given(ringing, answer, ringing).intent).not.toBeNull();
    expect(given(ringing, answer, talking).intent).toBeNull();
    expect(given(ringing, answer, seen(view())).intent).toBeNull();
    expect(given(ringing, answer, seen(view({ call: callView({ id: 'c2' }) }))).intent).toBeNull();
    expect(given(talking, hangup, talking).intent).not.toBeNull();
    expect(given(talking, hangup, seen(view({ call: callView({ state: 'ended' }) }))).intent).toBeNull();
  });
  test('are over when the phone is connected', () => {
    expect(given(ringing, answer, offered(), stage('connected')).intent).toBeNull();
  });
  test('only the one that is over is taken back', () => {
    const s = given(ringing, answer, { type: 'intent-over', intent: { kind: 'refuse', call: 'c1' } });
    expect(s.intent?.kind).toBe('answer');
  });
});

describe('phone', () => {
  test('events of another call change nothing', () => {
    const s = given(offered());
    expect(reduce(s, stage('connected', 'c2'))).toBe(s);
    expect(reduce(s, { type: 'phone-ended', call: 'c2' })).toBe(s);
  });
  test('times are on the server’s clock', () => {
    const hourOff = { type: 'view', view: view(), local: start - 3_600_000 } as const;
    const s = given(hourOff, { type: 'phone-offered', call: 'c1', number: '', name: '', local: start - 3_600_000 });
    expect(s.phone?.since).toBe(start);
  });
  test('signing out forgets everything', () => {
    const s = given(seen(view({ call: callView() })), offered(), { type: 'signed-out', ended: true });
    expect(s).toMatchObject({ session: 'out', ended: true, view: null, phone: null, me: null });
  });
});

describe('refusals', () => {
  test('of the wrap-up go with it', () => {
    const refused = { type: 'refused', place: 'wrapUp', why: 'x' } as const;
    const s = given(seen(view({ wrapUp: wrapUpView() })), refused);
    expect(reduce(s, seen(view({ wrapUp: wrapUpView() }))).refusals.wrapUp).toBe('x');
    expect(reduce(s, seen(view())).refusals.wrapUp).toBeUndefined();
  });
  test('of a call go with the next call', () => {
    const s = given(seen(view({ call: callView() })), { type: 'refused', place: 'call', why: 'x' });
    expect(reduce(s, seen(view())).refusals.call).toBe('x');
    expect(reduce(s, seen(view({ call: callView({ id: 'c2' }) }))).refusals.call).toBeUndefined();
  });
});

describe('an INVITE', () => {
  const talking = seen(view({ call: callView({ state: 'talking' }) }));
  test('rings when there is no call', () => expect(onInvite(given(), 'c1')).toBe('ring'));
  test('is busy in a call', () => expect(onInvite(given(talking, offered(), stage('connected')), 'c2')).toBe('busy'));
  test('is busy while another rings', () => expect(onInvite(given(offered()), 'c2')).toBe('busy'));
  test('is busy while the stream is cut and nothing is known', () => {
    const s = given(seen(view()), offered(), stage('connected'), { type: 'stream', stream: 'lost' });
    expect(onInvite(s, 'c2')).toBe('busy');
  });
  test('takes the place of a call that the server has forgotten', () => {
    expect(onInvite(given(seen(view()), offered(), stage('connected')), 'c2')).toBe('replace');
  });
  test('takes the place of its own call, offered anew', () => {
    expect(onInvite(given(talking, offered(), stage('connected')), 'c1')).toBe('replace');
  });
});
