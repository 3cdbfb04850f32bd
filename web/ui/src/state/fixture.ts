import type { CallView, DeskView, WrapUpView } from '../api/types';
import type { DeskEvent } from './event';
import { reduce } from './reduce';
import { initial, type State } from './state';

// For tests only: a view, its parts, and a state made of events.

export const start = Date.parse('2026-11-21T10:00:00Z');

export function view(part: Partial<DeskView> = {}): DeskView {
  const now = new Date(start).toISOString();
  return {
    agent: { user: 'ben', name: 'Ben', status: 'available', activity: 'idle', since: now, phone: true },
    queues: [],
    call: null,
    wrapUp: null,
    notice: '',
    now,
    ...part,
  };
}

export function callView(part: Partial<CallView> = {}): CallView {
  return {
    id: 'c1',
    state: 'ringing',
    since: new Date(start - 7000).toISOString(),
    queue: 'Support',
    kind: 'normal',
    number: '+819012345678',
    name: 'Aiko',
    entry: '+8131',
    waited: 48,
    ringUntil: new Date(start + 23_000).toISOString(),
    recording: false,
    paused: false,
    parties: [],
    timeline: [],
    endReason: '',
    ...part,
  };
}

export function wrapUpView(part: Partial<WrapUpView> = {}): WrapUpView {
  return {
    call: 'c1',
    began: new Date(start).toISOString(),
    until: new Date(start + 30_000).toISOString(),
    extend: true,
    dispositions: ['Solved'],
    required: false,
    ...part,
  };
}

const me = { user: 'ben', name: 'Ben', role: 'agent', agent: true };

/** Signed in, stream open, then these events. */
export function given(...events: DeskEvent[]): State {
  const begin: DeskEvent[] = [
    { type: 'signed-in', me },
    { type: 'stream', stream: 'open' },
  ];
  return [...begin, ...events].reduce(reduce, initial);
}

export const seen = (v: DeskView): DeskEvent => ({ type: 'view', view: v, local: start });
export const offered = (call = 'c1'): DeskEvent => ({
  type: 'phone-offered',
  call,
  number: '+8190',
  name: 'A',
  local: start,
});
export const stage = (s: 'answering' | 'connected', call = 'c1'): DeskEvent => ({
  type: 'phone-stage',
  call,
  stage: s,
  local: start,
});
