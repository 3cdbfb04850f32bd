import type { RunningCall, Supervision } from '../api/oversee';
import type { PartyView } from '../api/types';

/** Where a call is, as a supervisor needs to know it. */
export type CallPlace = 'waits' | 'talks' | 'onTheWay';

export function placeOf(call: RunningCall): CallPlace {
  if (call.state === 'wait') return 'waits';
  return call.state === 'talk' ? 'talks' : 'onTheWay';
}

/** The own part in a call as a supervisor; null: none. */
export function ownPart(call: RunningCall, user: string): PartyView | null {
  return call.parties.find((p) => p.user === user && p.role === 'supervisor') ?? null;
}

/** Whether the call is this user's own: nobody listens to oneself. */
export function isOwn(call: RunningCall, user: string): boolean {
  return call.parties.some((p) => p.user === user && p.role !== 'supervisor');
}

/** The way in which a supervisor takes part now; null: the phone still rings, or there is none. */
export function modeOf(part: PartyView | null): Supervision | null {
  return part && part.state !== 'ringing' ? (part.state as Supervision) : null;
}

/** Those of a call who are ours, but for supervisors. */
export function agentsOf(call: RunningCall): string {
  const names = call.parties.filter((p) => p.user && p.role !== 'supervisor').map((p) => p.name || p.user);
  return names.join(', ') || call.agent;
}
