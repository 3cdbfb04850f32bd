import type { DeskView } from '../api/types';
import { adjustOffset, instant } from './clock';
import type { DeskEvent } from './event';
import { type Intent, initial, type Place, type State } from './state';
import { granted, others } from './wishes';

/** The next state. Pure; an event that says nothing new gives the same state. */
export function reduce(s: State, e: DeskEvent): State {
  switch (e.type) {
    case 'signed-in':
      return { ...initial, session: 'in', me: e.me };
    case 'signed-out':
      return { ...initial, session: 'out', ended: e.ended };
    case 'stream':
      return { ...s, stream: e.stream };
    case 'view':
      return onView(s, e.view, e.local);
    case 'returning':
      return { ...s, returning: e.call };
    case 'status-wanted':
      return { ...s, wanted: e.status, refusals: without(s.refusals, 'status') };
    case 'status-settled':
      return s.wanted === e.status ? { ...s, wanted: null } : s;
    case 'intent':
      return { ...s, intent: e.intent, refusals: without(s.refusals, 'call') };
    case 'intent-over':
      return same(s.intent, e.intent) ? { ...s, intent: null } : s;
    case 'wish':
      return { ...s, wishes: [...others(s.wishes, e.wish), e.wish], refusals: without(s.refusals, 'call') };
    case 'wish-over':
      return { ...s, wishes: s.wishes.filter((wish) => wish !== e.wish) };
    case 'wrap-up-busy':
      return { ...s, wrapUpBusy: e.busy, refusals: e.busy ? without(s.refusals, 'wrapUp') : s.refusals };
    case 'refused':
      return { ...s, refusals: { ...s.refusals, [e.place]: e.why } };
    case 'refusal-seen':
      return { ...s, refusals: without(s.refusals, e.place) };
    case 'dismissed':
      return { ...s, dismissed: e.notice };
    default:
      return onPhone(s, e);
  }
}

type PhoneEvent = Extract<DeskEvent, { type: 'line' | 'microphone' | `phone-${string}` }>;

function onPhone(s: State, e: PhoneEvent): State {
  switch (e.type) {
    case 'line':
      return { ...s, line: e.line };
    case 'microphone':
      return { ...s, microphone: e.microphone };
    case 'phone-offered': {
      const { call, number, name } = e;
      const since = e.local + (s.offset ?? 0);
      const phone = { call, number, name, stage: 'offered', since, muted: false, audio: 'ok' } as const;
      return { ...s, phone, left: '', returning: '' };
    }
    case 'phone-stage': {
      if (s.phone?.call !== e.call) return s;
      const intent = e.stage === 'connected' && s.intent?.kind === 'answer' ? null : s.intent;
      return { ...s, phone: { ...s.phone, stage: e.stage, since: e.local + (s.offset ?? 0) }, intent };
    }
    case 'phone-muted':
      return s.phone ? { ...s, phone: { ...s.phone, muted: e.muted } } : s;
    case 'phone-audio':
      return s.phone ? { ...s, phone: { ...s.phone, audio: e.audio } } : s;
    case 'phone-ended':
      return s.phone?.call === e.call ? { ...s, phone: null, left: e.call } : s;
  }
}

// A view is the whole truth: what was waited for is compared with it, and given up where the view has moved on.
function onView(s: State, view: DeskView, local: number): State {
  const offset = adjustOffset(s.offset, instant(view.now), local);
  const wanted = view.agent.status === s.wanted ? null : s.wanted;
  const intent = s.intent && outlives(s.intent, view) ? s.intent : null;
  const wishes = s.wishes.filter((wish) => !granted(wish, view));
  const left = view.call && view.call.id === s.left ? s.left : '';
  const dismissed = view.notice === s.dismissed ? s.dismissed : '';
  let refusals = s.refusals;
  if (view.call?.id !== s.view?.call?.id && view.call) refusals = without(refusals, 'call');
  if (!view.wrapUp) refusals = without(refusals, 'wrapUp');
  return { ...s, view, offset, wanted, intent, wishes, left, dismissed, refusals };
}

/** Whether what was asked for can still happen in this view. */
function outlives(intent: Intent, view: DeskView): boolean {
  if (view.call?.id !== intent.call) return false;
  if (intent.kind === 'hangup') return view.call.state === 'talking' || view.call.state === 'held';
  return view.call.state === 'ringing';
}

function same(a: Intent | null, b: Intent): boolean {
  return a?.kind === b.kind && a.call === b.call;
}

function without(refusals: State['refusals'], place: Place): State['refusals'] {
  if (!(place in refusals)) return refusals;
  const rest = { ...refusals };
  delete rest[place];
  return rest;
}
