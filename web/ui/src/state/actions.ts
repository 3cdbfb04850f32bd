import type { Panel } from './panel';

/** What an agent can do to the call. Each is a button and a key. */
export type Action = 'answer' | 'refuse' | 'mute' | 'hangup';

/** The actions of a state, in the order of their places; places never move. */
export function actionsOf(panel: Panel): readonly [left: Action | null, right: Action | null] {
  switch (panel.kind) {
    case 'ringing':
      return ['answer', 'refuse'];
    case 'connecting':
      return [null, 'hangup'];
    case 'talking':
      return [panel.audio === 'elsewhere' ? null : 'mute', 'hangup'];
    default:
      return [null, null];
  }
}
