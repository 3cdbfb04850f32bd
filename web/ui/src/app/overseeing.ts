import { type Signal, signal } from '@preact/signals';
import { type OverseeApi, overseeApi, type Supervision } from '../api/oversee';
import { Refusal } from '../api/refusal';
import type { Status } from '../api/types';
import { askMicrophone } from '../phone/microphone';
import { t } from '../text/text';

/** What overseeing needs of the desk. */
interface Host {
  /** Why something went wrong, in words; a login that is over leads to the login page. */
  wordsFor(error: unknown): string;
  /** Hangs up the phone here; false: it is in no call. */
  hangup(): boolean;
}

/** What a supervisor does on the wallboard. What is refused says why beside its row, until something else is done there. */
export class Overseeing {
  /** By call or user: why the last wish was refused. */
  readonly refusals: Signal<Readonly<Record<string, string>>> = signal({});
  /** What is being asked for now, by call or user. */
  readonly busy: Signal<ReadonlySet<string>> = signal(new Set());
  private expected = '';

  constructor(
    private readonly host: Host,
    private readonly api: OverseeApi = overseeApi,
  ) {}

  /** Listens, whispers, barges in or takes over: the phone here is called, and answers by itself. */
  supervise(call: string, how: Supervision): Promise<void> {
    return this.ask(call, async () => {
      await askMicrophone();
      this.expected = call;
      await this.api.supervise(call, how);
    });
  }

  leave(call: string): Promise<void> {
    return this.ask(call, () => this.api.leave(call));
  }

  move(call: string, queue: string): Promise<void> {
    return this.ask(call, () => this.api.move(call, queue));
  }

  setStatus(user: string, status: Status): Promise<void> {
    return this.ask(user, () => this.api.setStatus(user, status));
  }

  logOut(user: string): Promise<void> {
    return this.ask(user, () => this.api.logOut(user));
  }

  /** Ends the own part in a call, whatever it is. */
  hangup(): void {
    this.host.hangup();
  }

  /** Whether a call that rings here was asked for on this page: then it is answered without a click. */
  expects(call: string): boolean {
    const yes = this.expected === call;
    if (yes) this.expected = '';
    return yes;
  }

  // One wish for a call or an agent at a time: two clicks at once are one.
  private async ask(key: string, act: () => Promise<void>): Promise<void> {
    if (this.busy.value.has(key)) return;
    this.busy.value = new Set([...this.busy.value, key]);
    this.say(key, '');
    try {
      await act();
    } catch (error) {
      this.expected = '';
      const gone = error instanceof Refusal && error.status === 404;
      this.say(key, gone ? t('callIsOver') : this.host.wordsFor(error));
    } finally {
      this.busy.value = new Set([...this.busy.value].filter((k) => k !== key));
    }
  }

  private say(key: string, why: string): void {
    const { [key]: _, ...rest } = this.refusals.value;
    this.refusals.value = why ? { ...rest, [key]: why } : rest;
  }
}
