import { type Signal, signal } from '@preact/signals';

/** What calling out needs of the desk. */
export interface DiallingHost {
  /** Answers the call that rings here. */
  answer(call: string): void;
  failed(error: unknown): void;
}

/** How long the phone may take to ring for a call that was asked for, in ms. */
const patience = 15_000;

/** Calls that this window has asked for: the own phone rings first, and is picked up by itself. */
export class Dialling {
  /** A call has been asked for, and has not begun. */
  readonly busy: Signal<boolean> = signal(false);
  private expected = '';

  constructor(private readonly host: DiallingHost) {}

  /** Asks for a call; ask returns its id. False: it was refused, and the desk says why. */
  async begin(ask: () => Promise<string>): Promise<boolean> {
    if (this.busy.value) return false; // two clicks at once
    this.busy.value = true;
    try {
      const call = await ask();
      this.expected = call;
      setTimeout(() => this.forget(call), patience);
      this.host.answer(call);
      return true;
    } catch (error) {
      this.host.failed(error);
      return false;
    } finally {
      this.busy.value = false;
    }
  }

  /** The phone rings for a call: whether it is one that was asked for here. */
  expects(call: string): boolean {
    if (this.expected !== call) return false;
    this.expected = '';
    return true;
  }

  private forget(call: string): void {
    if (this.expected === call) this.expected = '';
  }
}
