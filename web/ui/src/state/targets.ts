import type { Destination, Targets } from '../api/types';

/** One line of the list of those to whom a call can be given. */
export interface Target {
  readonly to: Destination;
  readonly id: string;
  readonly name: string;
  /** Can be chosen now. */
  readonly free: boolean;
  /** Of an agent: the status, or what they do. Of a queue: open or closed. */
  readonly state: string;
  /** Of a queue: who waits in it. */
  readonly waiting?: number;
}

/** Agents and queues as lines. A queue can be asked or be given a call, but is no party of a conference. */
export function targetsOf(t: Targets, party: boolean): Target[] {
  const agents = t.agents.map((a) => {
    const state = a.status === 'offline' || a.activity === 'idle' ? a.status : a.activity;
    return { to: { user: a.user }, id: `agent ${a.user}`, name: a.name || a.user, free: a.free, state };
  });
  if (party) return agents;
  const queues = t.queues.map((q) => {
    const { name, open, waiting } = q;
    return { to: { queue: name }, id: `queue ${name}`, name, free: open, state: open ? 'open' : 'closed', waiting };
  });
  return [...agents, ...queues];
}

/** The newer list in the order of the older, so that nothing moves under the pointer; who is new comes last. */
export function inPlace(before: readonly Target[], now: readonly Target[]): Target[] {
  const place = new Map(before.map((t, i) => [t.id, i]));
  return [...now].sort((a, b) => (place.get(a.id) ?? before.length) - (place.get(b.id) ?? before.length));
}

/** Those whose name has what was typed, in any case of letters. */
export function matching(targets: readonly Target[], typed: string): Target[] {
  const wanted = typed.trim().toLocaleLowerCase();
  return targets.filter((t) => t.name.toLocaleLowerCase().includes(wanted));
}

/** A telephone number as people write it, or nothing: the server knows which can be called. */
export function numberIn(typed: string): string {
  const number = typed.trim();
  return /^\+?[\d\s().\-/]{2,30}$/.test(number) && /\d.*\d/.test(number) ? number : '';
}
