import { panelOf } from './panel';
import type { State } from './state';

export type Sound = 'connected' | 'ended' | 'lost' | 'back';

/** The sounds of a step from one state to the next. Ringing is not one of them: it lasts (see `rings`). */
export function soundsOf(before: State, after: State): Sound[] {
  const sounds: Sound[] = [];
  const was = panelOf(before).kind;
  const is = panelOf(after).kind;
  if (is === 'talking' && (was === 'connecting' || was === 'ringing')) sounds.push('connected');
  if (was === 'talking' && is !== 'talking' && is !== 'connecting') sounds.push('ended');
  if (lost(after) && !lost(before)) sounds.push('lost');
  if (lost(before) && !lost(after) && is === 'talking') sounds.push('back');
  return sounds;
}

/** Whether the phone rings aloud now. */
export function rings(s: State): boolean {
  const { kind, callKind } = panelOf(s);
  return s.session === 'in' && kind === 'ringing' && callKind !== 'outbound';
}

function lost(s: State): boolean {
  return s.session === 'in' && (s.stream === 'lost' || s.phone?.audio === 'lost');
}
