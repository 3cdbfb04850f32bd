import { type WatchEvents, watch } from './watch';

// What the alarms' event stream sends. It mirrors web/alarms.go; times are RFC 3339 in UTC.

export interface Alarm {
  kind: string;
  /** Which of its kind; empty: there is one only. */
  subject: string;
  since: string;
  what: string;
  do: string;
}

/** Tells what is wrong, now and at every change, until the returned function is called. */
export function watchAlarms(tell: (alarms: Alarm[]) => void, events: WatchEvents): () => void {
  return watch<{ alarms: Alarm[] }>('/api/alarms/events', 'alarms', (message) => tell(message.alarms), events);
}
