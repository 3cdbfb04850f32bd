import type { RunningCall } from './oversee';
import type { AgentView } from './types';
import { type WatchEvents, watch } from './watch';

// What the wallboard's event stream sends. It mirrors web/wallboard.go; times are RFC 3339 in UTC.

export type AgentState = 'available' | 'ringing' | 'talking' | 'held' | 'wrap-up' | 'busy' | 'away' | 'offline';

export interface WallToday {
  offered: number;
  answered: number;
  abandoned: number;
  serviceLevel: number | null;
  answerSpeed: number | null;
}

export interface WallQueue {
  name: string;
  waiting: number;
  longest: string | null;
  within: number;
  agents: Partial<Record<AgentState, number>>;
  today: WallToday | null;
}

export interface WallAgent extends AgentView {
  state: AgentState;
  queues: string[];
}

export interface Wall {
  now: string;
  calls: RunningCall[];
  queues: WallQueue[];
  agents: WallAgent[];
}

/** Tells of every queue and agent, now and at every change, until the returned function is called. */
export function watchWallboard(events: WatchEvents & { wall(wall: Wall): void }): () => void {
  return watch<Wall>('/api/wallboard/events', 'wallboard', (wall) => events.wall(wall), events);
}
