import type { CallKind, CallView, PartyView } from '../api/types';
import { instant } from './clock';
import { isLost, isMine, muted, type Talk, talkOf } from './parties';
import type { PhoneCall, State, Wish } from './state';

export type PanelKind = 'idle' | 'ringing' | 'connecting' | 'talking' | 'ended' | 'wrap-up';

/** What the call panel shows. Times are in ms on the server's clock; 0: no time. */
export interface Panel {
  readonly kind: PanelKind;
  readonly call: string;
  readonly queue: string;
  readonly callKind: CallKind;
  readonly number: string;
  readonly name: string;
  /** Since when the state lasts. In wrap-up: until when. */
  readonly since: number;
  readonly ringUntil: number;
  readonly muted: boolean;
  readonly recording: boolean;
  readonly paused: boolean;
  readonly talk: Talk;
  /** The call is ours to control. */
  readonly mine: boolean;
  readonly parties: readonly PartyView[];
  /** What was asked for and has not happened yet. */
  readonly wishes: readonly Wish['control'][];
  readonly audio: 'ok' | 'lost' | 'elsewhere';
  readonly endReason: string;
}

/** The state in one word. */
export function stateOf({ kind, talk }: Panel): PanelKind | Talk {
  return kind === 'talking' ? talk : kind;
}

const empty: Panel = {
  kind: 'idle',
  call: '',
  queue: '',
  callKind: 'normal',
  number: '',
  name: '',
  since: 0,
  ringUntil: 0,
  muted: false,
  recording: false,
  paused: false,
  talk: 'talking',
  mine: false,
  parties: [],
  wishes: [],
  audio: 'ok',
  endReason: '',
};

/** The call panel from the view, the phone and what was just asked for: optimistic, and right again with the next view. */
export function panelOf(s: State): Panel {
  const call = s.view?.call ?? null;
  if (s.phone && call?.id !== s.phone.call && !stale(s)) return fromPhone(s.phone);
  if (call && call.state !== 'ended') return fromCall(s, call);
  const wrapUp = s.view?.wrapUp;
  if (wrapUp)
    return { ...(call ? known(call) : empty), kind: 'wrap-up', call: wrapUp.call, since: instant(wrapUp.until) };
  if (call) return { ...known(call), kind: 'ended', since: instant(call.since) };
  return empty;
}

/** The phone is in a call that a live view no longer knows of: the view is right. */
export function stale(s: State): boolean {
  if (!s.phone || s.stream !== 'open' || !s.view) return false;
  return s.phone.stage === 'connected' && s.view.call?.id !== s.phone.call;
}

// The INVITE can be here before the view, and the view may be cut off: the phone knows enough to go on.
function fromPhone(phone: PhoneCall): Panel {
  const kind = phone.stage === 'offered' ? 'ringing' : phone.stage === 'answering' ? 'connecting' : 'talking';
  const { call, number, name, since, muted } = phone;
  return { ...empty, kind, call, number, name, since, muted, audio: phone.audio };
}

function fromCall(s: State, call: CallView): Panel {
  const phone = s.phone?.call === call.id ? s.phone : null;
  const intent = s.intent?.call === call.id ? s.intent.kind : null;
  const base = known(call);
  if (intent === 'refuse' || intent === 'hangup' || (!phone && s.left === call.id)) {
    return { ...base, kind: 'ended', since: 0 };
  }
  if (call.state === 'ringing') return ringing(s, base, phone, intent === 'answer');
  return { ...talking(s, base, call, phone), kind: 'talking', audio: phone ? phone.audio : soundElsewhere(s, call) };
}

function soundElsewhere(s: State, call: CallView): 'lost' | 'elsewhere' {
  return s.returning === call.id || isLost(call, s.view?.agent.user ?? '') ? 'lost' : 'elsewhere';
}

// What was wished is shown until the view has it.
function talking(s: State, base: Panel, call: CallView, phone: PhoneCall | null): Panel {
  const user = s.view?.agent.user ?? '';
  const wishes = s.wishes.filter((w) => w.call === call.id).map((w) => w.control);
  const shown = (yes: Wish['control'], no: Wish['control'], is: boolean) =>
    wishes.includes(yes) || (is && !wishes.includes(no));
  const talk = talkOf(call);
  const plain = talk === 'talking' || talk === 'held';
  return {
    ...base,
    wishes,
    mine: isMine(call, user),
    muted: shown('mute', 'unmute', phone?.muted || muted(call, user)),
    paused: shown('pause', 'unpause', call.paused),
    talk: plain ? (shown('hold', 'resume', talk === 'held') ? 'held' : 'talking') : talk,
  };
}

function ringing(s: State, base: Panel, phone: PhoneCall | null, answering: boolean): Panel {
  if (phone?.stage === 'connected' && s.stream !== 'open') {
    return { ...base, kind: 'talking', since: phone.since, muted: phone.muted, audio: phone.audio };
  }
  const connecting = answering || (phone !== null && phone.stage !== 'offered');
  return { ...base, kind: connecting ? 'connecting' : 'ringing' };
}

function known(call: CallView): Panel {
  return {
    ...empty,
    call: call.id,
    queue: call.queue,
    callKind: call.kind,
    number: call.number,
    name: call.name,
    since: instant(call.since),
    ringUntil: instant(call.ringUntil),
    recording: call.recording,
    paused: call.paused,
    parties: call.parties,
    endReason: call.endReason,
  };
}
