import type { CallView } from '../api/types';
import { isLost, isMine } from './parties';
import type { State } from './state';

/**
 * The call that this phone is to come back to by itself; null: none. marked is the call that the phone of this browser was in: then the page was loaded again, or
 * opened after a crash. After a crash elsewhere the server knows that the line is lost.
 */
export function toComeBackTo(s: State, marked: string): CallView | null {
  const call = placeFor(s);
  if (!call || s.microphone !== 'ok') return null;
  return marked === call.id || isLost(call, s.view?.agent.user ?? '') ? call : null;
}

/** The call that the agent is in with another phone, and that this one could take; null: none. */
export function placeFor(s: State): CallView | null {
  const call = s.view?.call;
  if (s.session !== 'in' || s.stream !== 'open' || s.line !== 'ready' || s.phone || !call) return null;
  if (call.id === s.left || (call.state !== 'talking' && call.state !== 'held')) return null;
  return call.parties.length > 0 && isMine(call, s.view?.agent.user ?? '') ? call : null;
}
