import type { EventView } from '../api/types';
import { instant } from './clock';

export interface Day {
  readonly start: number; // local midnight, ms
  readonly events: readonly EventView[];
}

/** The events by day in the reader's time zone, in the order in which they happened. */
export function byDay(events: readonly EventView[]): Day[] {
  const sorted = [...events].sort((a, b) => instant(a.at) - instant(b.at));
  const days: { start: number; events: EventView[] }[] = [];
  for (const event of sorted) {
    const start = midnight(instant(event.at));
    const last = days.at(-1);
    if (last?.start === start) last.events.push(event);
    else days.push({ start, events: [event] });
  }
  return days;
}

/** 0: today, 1: yesterday, and so on. */
export function daysAgo(start: number, now: number): number {
  return Math.round((midnight(now) - start) / 86_400_000);
}

function midnight(ms: number): number {
  const date = new Date(ms);
  date.setHours(0, 0, 0, 0);
  return date.getTime();
}
