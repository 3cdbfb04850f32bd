import { type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { DeskApi } from '../api/desk';
import type { Destination, Targets } from '../api/types';
import { type Control, controlsOf } from '../state/actions';
import type { DeskEvent } from '../state/event';
import type { Panel } from '../state/panel';
import type { Place, Wish } from '../state/state';
import { settleLimit } from './settle';

/** What opens over the panel to be told more. */
export type Sheet = Extract<Control, 'keypad' | 'transfer' | 'consult' | 'party'>;

/** What the controls need of the desk. */
export interface Host {
  readonly panel: ReadonlySignal<Panel>;
  dispatch(event: DeskEvent): void;
  failed(place: Place, error: unknown): void;
  /** The microphone of the phone of this window. */
  silence(on: boolean): void;
}

/** What an agent does within a call. Each is shown at once, and taken back with the reason if the server refuses. */
export class Controls {
  readonly sheet: Signal<Sheet | null> = signal(null);
  private digits: Promise<void> = Promise.resolve();

  constructor(
    private readonly api: DeskApi,
    private readonly host: Host,
  ) {}

  /** Does one of the controls, or opens its sheet. */
  act(control: Control): void {
    switch (control) {
      case 'keypad':
      case 'transfer':
      case 'consult':
      case 'party':
        this.sheet.value = this.sheet.value === control ? null : control;
        return;
      default:
        this.close();
        void this.ask(control, () => this.api[control]());
    }
  }

  close(): void {
    this.sheet.value = null;
  }

  /** Closes a sheet that the call has no use for any more. */
  review(): void {
    const sheet = this.sheet.value;
    if (sheet && !controlsOf(this.host.panel.value).includes(sheet)) this.close();
  }

  /** Gives the call to somebody, asks them, or adds them: as the sheet says. */
  choose(sheet: Exclude<Sheet, 'keypad'>, to: Destination): void {
    this.close();
    void this.ask(sheet, () => this.api[sheet](to));
  }

  /** Throws Refusal. */
  targets(): Promise<Targets> {
    return this.api.targets();
  }

  /** Sends a digit to those outside, after those before it. */
  dial(digit: string): void {
    this.host.dispatch({ type: 'refusal-seen', place: 'call' });
    this.digits = this.digits
      .then(() => this.api.digits(digit))
      .catch((error: unknown) => this.host.failed('call', error));
  }

  async drop(leg: string): Promise<void> {
    this.host.dispatch({ type: 'refusal-seen', place: 'call' });
    await this.api.drop(leg).catch((error: unknown) => this.host.failed('call', error));
  }

  /** The microphone here obeys at once, whatever the server says; by the server others see it, and a phone that is not here is silent too. */
  toggleMute(): void {
    const { kind, muted, mine, audio } = this.host.panel.value;
    if (kind !== 'talking') return;
    this.host.silence(!muted);
    if (mine) void this.ask(muted ? 'unmute' : 'mute', () => this.api.mute(!muted), !muted && audio !== 'elsewhere');
  }

  // done: it has happened already, whatever the server says
  private async ask(control: Wish['control'], act: () => Promise<void>, done = false): Promise<void> {
    const { call, wishes } = this.host.panel.value;
    if (wishes.includes(control)) return; // two clicks at once
    const wish: Wish = { call, control };
    this.host.dispatch({ type: 'wish', wish });
    try {
      await act();
      if (lasts(control)) setTimeout(() => this.host.dispatch({ type: 'wish-over', wish }), settleLimit);
      else this.host.dispatch({ type: 'wish-over', wish });
    } catch (error) {
      this.host.dispatch({ type: 'wish-over', wish });
      if (!done) this.host.failed('call', error);
    }
  }
}

// Whether the view shows it in the end; the others are over with the server's answer.
function lasts(control: Wish['control']): boolean {
  return ['mute', 'unmute', 'hold', 'resume', 'pause', 'unpause'].includes(control);
}
