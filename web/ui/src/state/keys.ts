import type { Deed } from './actions';

/** How long Backspace is held to refuse, in ms; how soon the second Escape must follow the first. */
export const holdToRefuse = 600;
export const escapeTwice = 1200;

export interface Stroke {
  readonly key: string;
  readonly repeat: boolean;
  readonly ctrl: boolean;
  readonly other: boolean; // Alt is held
  /** Where the focus is: a field that takes text, another control that takes Enter itself, or nothing of interest. */
  readonly focus: 'text' | 'control' | 'page';
}

export type KeyCommand = Deed | 'hold-refuse' | 'arm-hangup' | 'done' | null;

/** The letters of the deeds. One letter is one place of the panel. */
export const letterOf: Readonly<Partial<Record<Deed, string>>> = {
  mute: 'M',
  hold: 'H',
  resume: 'H',
  back: 'H',
  keypad: 'K',
  pause: 'R',
  unpause: 'R',
  transfer: 'T',
  complete: 'T',
  consult: 'C',
  switch: 'C',
  party: 'P',
  merge: 'P',
};

/** What a key means now. armed: Escape was pressed a moment ago. */
export function commandOf(stroke: Stroke, can: readonly (Deed | null)[], wrapUp: boolean, armed: boolean): KeyCommand {
  if (stroke.repeat || stroke.other) return null;
  const may = (action: Deed) => can.includes(action);
  if (stroke.key === 'Enter' && stroke.ctrl) return wrapUp ? 'done' : may('answer') ? 'answer' : null;
  if (stroke.ctrl) return null;
  if (stroke.key === 'Escape') return may('hangup') ? (armed ? 'hangup' : 'arm-hangup') : null;
  if (stroke.focus === 'text') return null;
  if (stroke.key === 'Enter') return stroke.focus === 'page' && may('answer') ? 'answer' : null;
  if (stroke.key === 'Backspace') return may('refuse') ? 'hold-refuse' : null;
  return can.find((deed) => deed && letterOf[deed] === stroke.key.toUpperCase()) ?? null;
}
