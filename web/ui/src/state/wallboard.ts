import type { AgentState, WallAgent, WallQueue } from '../api/wallboard';
import { instant } from './clock';

/** The states, those with calls first: the order of bars and words. */
export const agentStates: readonly AgentState[] = [
  'talking',
  'held',
  'ringing',
  'wrap-up',
  'available',
  'busy',
  'away',
  'offline',
];

/** Who is longest in their state first; those who are offline last. */
export function bySince(agents: readonly WallAgent[]): WallAgent[] {
  const gone = (a: WallAgent) => (a.state === 'offline' ? 1 : 0);
  return [...agents].sort(
    (a, b) => gone(a) - gone(b) || instant(a.since) - instant(b.since) || a.user.localeCompare(b.user),
  );
}

export interface Part {
  state: AgentState;
  agents: number;
  /** Where it begins and how long it is, of 100. */
  at: number;
  width: number;
}

/** The bar of a queue's agents. */
export function bar(queue: WallQueue): Part[] {
  const all = agentStates.reduce((sum, state) => sum + (queue.agents[state] ?? 0), 0);
  let at = 0;
  return agentStates.flatMap((state) => {
    const agents = queue.agents[state] ?? 0;
    if (agents === 0) return [];
    const part = { state, agents, at, width: (agents * 100) / all };
    at += part.width;
    return [part];
  });
}

/** Does the queue need somebody? Callers wait longer than they are to, or nobody could answer. */
export function alarm(queue: WallQueue, waitedSeconds: number): boolean {
  if (queue.waiting === 0) return false;
  return waitedSeconds > queue.within;
}
