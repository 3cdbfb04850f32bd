import type { DeskApi } from '../api/desk';
import { markedCall } from '../phone/marker';
import { placeFor, toComeBackTo } from '../state/comeback';
import type { DeskEvent } from '../state/event';
import type { State } from '../state/state';

const again = 3_000; // ms between two tries

interface Host {
  state(): State;
  dispatch(event: DeskEvent): void;
  failed(error: unknown): void;
}

/** The way back into the call that the agent is in: by itself after a reload or a crash, or because the agent wants it here. */
export class Returning {
  private last = 0;

  constructor(
    private readonly api: DeskApi,
    private readonly host: Host,
  ) {}

  /** To be called often: comes back if there is something to come back to. */
  review(): void {
    const call = toComeBackTo(this.host.state(), markedCall());
    const now = performance.now();
    if (!call || (this.last && now - this.last < again)) return;
    this.last = now;
    this.host.dispatch({ type: 'returning', call: call.id });
    this.now().catch((error) => this.host.failed(error));
  }

  /** Takes the call to this phone. */
  async here(): Promise<void> {
    const call = placeFor(this.host.state());
    if (!call) return;
    this.host.dispatch({ type: 'returning', call: call.id });
    try {
      await this.now();
    } catch (error) {
      this.host.dispatch({ type: 'returning', call: '' });
      this.host.failed(error);
    }
  }

  /** Throws Refusal. */
  async now(): Promise<void> {
    await this.api.comeBack();
  }
}
