import type { Panel } from './panel';

/** What an agent can do to the call as a whole. Each is a button and a key. */
export type Action = 'answer' | 'refuse' | 'mute' | 'hangup';

/** What an agent can do within the call. Each is a button and a key. */
export type Control =
  | 'hold'
  | 'resume'
  | 'keypad'
  | 'pause'
  | 'unpause'
  | 'transfer'
  | 'consult'
  | 'party'
  | 'back'
  | 'complete'
  | 'switch'
  | 'merge';

export type Deed = Action | Control;

/** The actions of a state, in the order of their places; places never move. */
export function actionsOf(panel: Panel): readonly [left: Action | null, right: Action | null] {
  switch (panel.kind) {
    case 'ringing':
      return ['answer', 'refuse'];
    case 'connecting':
      return [null, 'hangup'];
    case 'talking':
      return [panel.audio === 'elsewhere' && !panel.mine ? null : 'mute', 'hangup'];
    default:
      return [null, null];
  }
}

/**
 * The controls of a call, in the order of their places. In a consultation a place keeps its sense and its key: back to the caller, give
 * the caller away, talk with the other one, all together.
 */
export function controlsOf(panel: Panel): readonly (Control | null)[] {
  if (panel.kind !== 'talking' || !panel.mine) return [null, null, null, null, null, null];
  if (panel.talk === 'dialling') return [null, null, null, null, null, null];
  const record = panel.recording ? (panel.paused ? 'unpause' : 'pause') : null;
  switch (panel.talk) {
    case 'asking':
      return ['back', null, record, 'complete', null, null];
    case 'consulting':
    case 'switched':
      return ['back', 'keypad', record, 'complete', 'switch', 'merge'];
    default:
      return [panel.talk === 'held' ? 'resume' : 'hold', 'keypad', record, 'transfer', 'consult', 'party'];
  }
}

/** All that can be done now. */
export function deedsOf(panel: Panel): readonly (Deed | null)[] {
  return [...actionsOf(panel), ...controlsOf(panel)];
}
