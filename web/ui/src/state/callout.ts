import type { CallOut, CallOutLook, Contact } from '../api/callout';
import type { EventView } from '../api/types';
import { numberIn } from './targets';

/** One line of what was found for what was typed: a number of somebody. */
export interface Found {
  readonly id: string;
  readonly name: string;
  readonly number: string;
}

/** Every number of those who were found is a line of its own. */
export function foundOf(contacts: readonly Contact[]): Found[] {
  return contacts.flatMap((c) => c.numbers.map((number) => ({ id: `${c.id} ${number}`, name: c.name, number })));
}

/** Whether what was typed is a number to be looked at, or a name to be searched for. */
export function isNumber(typed: string): boolean {
  return numberIn(typed) !== '' || /^\+?\d{2,6}$/.test(typed.trim());
}

/** In whose name, and with which number shown: what was chosen, as far as it is among what can be. */
export function nameOf(look: CallOutLook | null, queue: string, from: string): { queue: string; from: string } {
  const of = look?.queues.find((q) => q.queue === queue) ?? look?.queues[0];
  return { queue: of?.queue ?? '', from: of?.numbers.includes(from) ? from : (of?.numbers[0] ?? '') };
}

/** The call as the server is asked for it; null: it can't be made now. */
export function orderOf(
  look: CallOutLook | null,
  chosen: { queue: string; from: string; fresh: boolean },
): CallOut | null {
  if (!look?.number || look.refused) return null;
  const { queue, from } = nameOf(look, chosen.queue, chosen.from);
  if (!queue) return null;
  const order: CallOut = { number: look.number, queue };
  if (from) order.from = from;
  if (look.conversation) order.conversation = chosen.fresh ? 'new' : 'join';
  return order;
}

/** The time line of a call out without what comes before the dialling: the own phone, which is picked up by itself. */
export function fromDial(events: readonly EventView[]): readonly EventView[] {
  const dialled = events.findIndex((e) => e.kind === 'call-out');
  return dialled < 0 ? events : events.slice(dialled);
}
