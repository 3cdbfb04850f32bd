import { effect, type Signal, signal, untracked } from '@preact/signals';
import { instant } from '../state/clock';
import { complete, type Draft, touched } from '../state/draft';
import type { Desk } from './desk';
import { keepDraft, loadDraft } from './draft-store';

const lastMoment = 900; // ms before the end of the wrap-up at which written notes are sent by themselves

/** The notes on the call of the moment. */
export class Drafting {
  readonly draft: Signal<Draft | null> = signal(null);
  private sent = '';

  constructor(private readonly desk: Desk) {
    effect(() => {
      const call = desk.panel.value.call;
      if (call !== (this.draft.peek()?.call ?? '')) this.draft.value = call ? loadDraft(call) : null;
    });
    effect(() => {
      const now = desk.now.value;
      untracked(() => this.sendAtEnd(now));
    });
  }

  change(part: Partial<Omit<Draft, 'call'>>): void {
    const draft = this.draft.value;
    if (!draft) return;
    this.draft.value = { ...draft, ...part };
    keepDraft(this.draft.value);
  }

  /** Sends the draft, if it is complete. */
  done(): void {
    const draft = this.draft.value;
    const wrapUp = this.desk.state.value.view?.wrapUp;
    if (draft && wrapUp?.call === draft.call && complete(draft, wrapUp)) void this.desk.done(draft);
  }

  // When the time runs out the server ends the wrap-up; what was written by then must not be lost.
  private sendAtEnd(now: number): void {
    const draft = this.draft.peek();
    const wrapUp = this.desk.state.peek().view?.wrapUp;
    if (!draft || wrapUp?.call !== draft.call) return;
    const moment = `${wrapUp.call} ${wrapUp.until}`;
    if (instant(wrapUp.until) - now > lastMoment || this.sent === moment || !touched(draft)) return;
    this.sent = moment;
    this.done();
  }
}
