import type { DeskView } from '../api/types';
import { muted, talkOf } from './parties';
import type { Wish } from './state';

/** Whether a view shows what was wished, or that there is nothing left to wish it for. */
export function granted(wish: Wish, view: DeskView): boolean {
  const call = view.call;
  if (call?.id !== wish.call || call.state === 'ended') return true;
  switch (wish.control) {
    case 'hold':
      return talkOf(call) === 'held';
    case 'resume':
      return talkOf(call) !== 'held';
    case 'pause':
      return call.paused;
    case 'unpause':
      return !call.paused;
    case 'mute':
      return muted(call, view.agent.user);
    case 'unmute':
      return !muted(call, view.agent.user);
    default:
      return false; // over when the server has answered
  }
}

/** The wishes that stay beside a new one: of a wish and its contrary the last counts. */
export function others(wishes: readonly Wish[], next: Wish): readonly Wish[] {
  const contrary: Partial<Record<Wish['control'], Wish['control']>> = {
    hold: 'resume',
    resume: 'hold',
    pause: 'unpause',
    unpause: 'pause',
    mute: 'unmute',
    unmute: 'mute',
  };
  return wishes.filter((w) => w.control !== next.control && w.control !== contrary[next.control]);
}
