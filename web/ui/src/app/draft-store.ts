import { type Draft, readDraft } from '../state/draft';

const key = (call: string) => `mediasrv.draft.${call}`;

/** Drafts live as long as the tab: a reload loses nothing, and nothing of a customer stays on the machine. */
export function loadDraft(call: string): Draft {
  return readDraft(sessionStorage.getItem(key(call)), call);
}

export function keepDraft(draft: Draft): void {
  sessionStorage.setItem(key(draft.call), JSON.stringify(draft));
}

export function forgetDraft(call: string): void {
  sessionStorage.removeItem(key(call));
}
