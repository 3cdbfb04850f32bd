import type { DeskView, Me, Status } from '../api/types';
import type { Control } from './actions';

/** What the desk knows, all of it. Changed by reduce only. Times are in ms on the server's clock. */
export interface State {
  readonly session: 'checking' | 'out' | 'in';
  readonly me: Me | null;
  /** The last sign-in ended by itself; the login page says so. */
  readonly ended: boolean;
  readonly view: DeskView | null;
  /** Server's clock minus ours; null before the first view. */
  readonly offset: number | null;
  readonly stream: 'connecting' | 'open' | 'lost';
  readonly line: Line;
  readonly microphone: Microphone;
  readonly phone: PhoneCall | null;
  /** The call that the phone is about to come back to; empty: none. */
  readonly returning: string;
  /** The call that the phone left last, to bridge the moment until the view says so. */
  readonly left: string;
  /** The status that was asked for and is shown until the view has it. */
  readonly wanted: Status | null;
  readonly intent: Intent | null;
  readonly wishes: readonly Wish[];
  readonly wrapUpBusy: 'extend' | 'done' | null;
  readonly refusals: Readonly<Partial<Record<Place, string>>>;
  /** The notice that the reader has closed. */
  readonly dismissed: string;
}

/** The phone's registration. elsewhere: another window of this browser holds it. */
export type Line = 'off' | 'elsewhere' | 'connecting' | 'ready' | 'lost' | 'refused';

export type Microphone = 'ok' | 'refused' | 'missing' | 'busy' | 'insecure' | 'gone';

/** Where a refused action says why: beside its button. */
export type Place = 'status' | 'call' | 'wrapUp';

/** The phone's own side of a call. */
export interface PhoneCall {
  readonly call: string;
  readonly number: string;
  readonly name: string;
  readonly stage: 'offered' | 'answering' | 'connected';
  readonly since: number;
  readonly muted: boolean;
  readonly audio: 'ok' | 'lost';
}

/** What was asked for a call and has not happened yet. */
export interface Intent {
  readonly kind: 'answer' | 'refuse' | 'hangup';
  readonly call: string;
}

/** What was asked for within a call and has not happened yet. */
export interface Wish {
  readonly call: string;
  readonly control: Control | 'mute' | 'unmute';
}

export const initial: State = {
  session: 'checking',
  me: null,
  ended: false,
  view: null,
  offset: null,
  stream: 'connecting',
  line: 'off',
  microphone: 'ok',
  phone: null,
  returning: '',
  left: '',
  wanted: null,
  intent: null,
  wishes: [],
  wrapUpBusy: null,
  refusals: {},
  dismissed: '',
};
