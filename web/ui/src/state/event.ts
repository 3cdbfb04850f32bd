import type { DeskView, Me, Status } from '../api/types';
import type { Intent, Line, Microphone, PhoneCall, Place, Wish } from './state';

/** Everything that can happen to the desk. `local` is our clock in ms. */
export type DeskEvent =
  | { type: 'signed-in'; me: Me }
  | { type: 'signed-out'; ended: boolean }
  | { type: 'stream'; stream: 'connecting' | 'open' | 'lost' }
  | { type: 'view'; view: DeskView; local: number }
  | { type: 'line'; line: Line }
  | { type: 'microphone'; microphone: Microphone }
  | { type: 'phone-offered'; call: string; number: string; name: string; local: number }
  | { type: 'phone-stage'; call: string; stage: PhoneCall['stage']; local: number }
  | { type: 'phone-muted'; muted: boolean }
  | { type: 'phone-audio'; audio: PhoneCall['audio'] }
  | { type: 'phone-ended'; call: string }
  | { type: 'returning'; call: string }
  | { type: 'status-wanted'; status: Status }
  | { type: 'status-settled'; status: Status }
  | { type: 'intent'; intent: Intent }
  | { type: 'intent-over'; intent: Intent }
  | { type: 'wish'; wish: Wish }
  | { type: 'wish-over'; wish: Wish }
  | { type: 'wrap-up-busy'; busy: 'extend' | 'done' | null }
  | { type: 'refused'; place: Place; why: string }
  | { type: 'refusal-seen'; place: Place }
  | { type: 'dismissed'; notice: string };
