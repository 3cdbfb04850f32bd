import type { EventView } from '../../api/types';
import { instant } from '../../state/clock';
import { byDay, daysAgo } from '../../state/timeline';
import { eventDetail, eventText } from '../../text/event';
import { locale } from '../../text/language';
import { t } from '../../text/text';
import { useRoom } from '../context';

/** What happened, day by day. */
export function Timeline({ events }: { events: readonly EventView[] }) {
  const { desk } = useRoom();
  return (
    <section class="timeline" aria-label={t('timeline')} data-testid="timeline">
      {byDay(events).map((day) => (
        <div key={day.start}>
          <h3>{dayName(day.start, desk.now.peek())}</h3>
          <ol>
            {day.events.map((e, i) => (
              <Line key={i} event={e} />
            ))}
          </ol>
        </div>
      ))}
    </section>
  );
}

function Line({ event }: { event: EventView }) {
  const { desk } = useRoom();
  const agent = desk.state.value.view?.agent ?? { user: '', name: '' };
  const detail = eventDetail(event);
  return (
    <li class={`event ${event.kind}`}>
      <time dateTime={event.at}>{clock(event.at)}</time>
      <span class="event-text">
        {eventText(event, agent)}
        {detail && <small>{detail}</small>}
      </span>
    </li>
  );
}

function clock(at: string): string {
  return new Date(instant(at)).toLocaleTimeString(locale(), { timeStyle: 'medium', hourCycle: 'h23' });
}

function dayName(start: number, now: number): string {
  const ago = daysAgo(start, now);
  if (ago === 0) return t('today');
  if (ago === 1) return t('yesterday');
  return new Date(start).toLocaleDateString(locale(), { dateStyle: 'long' });
}
