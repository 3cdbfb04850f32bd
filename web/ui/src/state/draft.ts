import type { ConversationStatus, WrapUpResult, WrapUpView } from '../api/types';

/** What an agent writes about a call, before it is sent. */
export interface Draft {
  readonly call: string;
  readonly notes: string;
  readonly disposition: string;
  readonly status: ConversationStatus;
  readonly lineRating: number;
}

export const longestNotes = 10_000;

export function emptyDraft(call: string): Draft {
  return { call, notes: '', disposition: '', status: 'open', lineRating: 0 };
}

export function touched(draft: Draft): boolean {
  const { notes, disposition, status, lineRating } = emptyDraft(draft.call);
  return (
    draft.notes.trim() !== notes ||
    draft.disposition !== disposition ||
    draft.status !== status ||
    draft.lineRating !== lineRating
  );
}

/** Whether "done" would be taken. */
export function complete(draft: Draft, wrapUp: WrapUpView): boolean {
  return !wrapUp.required || draft.disposition !== '';
}

export function resultOf(draft: Draft): WrapUpResult {
  const { disposition, status, lineRating } = draft;
  return { notes: draft.notes.slice(0, longestNotes), disposition, status, lineRating };
}

/** Reads a draft that was kept for this call; an empty one for anything else. */
export function readDraft(text: string | null, call: string): Draft {
  const blank = emptyDraft(call);
  if (!text) return blank;
  try {
    const kept = JSON.parse(text) as Partial<Draft> | null;
    if (kept?.call !== call) return blank;
    return {
      call,
      notes: typeof kept.notes === 'string' ? kept.notes : '',
      disposition: typeof kept.disposition === 'string' ? kept.disposition : '',
      status: isStatus(kept.status) ? kept.status : 'open',
      lineRating: Number.isInteger(kept.lineRating) ? Math.min(5, Math.max(0, kept.lineRating ?? 0)) : 0,
    };
  } catch {
    return blank;
  }
}

export const conversationStatuses: readonly ConversationStatus[] = ['open', 'waiting', 'solved', 'closed'];

function isStatus(value: unknown): value is ConversationStatus {
  return conversationStatuses.includes(value as ConversationStatus);
}
