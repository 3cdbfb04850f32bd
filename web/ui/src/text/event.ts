import type { EventView } from '../api/types';
import { endText } from './reason';
import { keyOf, t } from './text';

/** A line of the time line in words. Agents are named by the server; the reader is "you". */
export function eventText(event: EventView, self: { user: string; name: string }): string {
  const key = keyOf(`event.${event.kind}`);
  if (!key) return event.kind.replace(/-/g, ' ');
  const agent = event.agent === self.user || event.agent === self.name ? t('you') : event.agent;
  return t(key, { queue: event.queue, agent: agent || t('none') });
}

/** What the server adds to a line: a reason in words where it is one. */
export function eventDetail(event: EventView): string {
  if (['call-ended', 'call-out-failed'].includes(event.kind) && keyOf(`end.${event.detail}`))
    return endText(event.detail);
  return event.detail;
}
