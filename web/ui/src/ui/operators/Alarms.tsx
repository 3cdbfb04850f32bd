import { useEffect, useState } from 'preact/hooks';
import { type Alarm, watchAlarms } from '../../api/alarms';
import { locale } from '../../text/language';
import { keyOf, t } from '../../text/text';
import { useRoom } from '../context';

/** What is wrong with the server now, what callers notice of it, and what to do. */
export function Alarms() {
  const { desk } = useRoom();
  const [alarms, setAlarms] = useState<Alarm[] | null>(null);
  useEffect(() => watchAlarms(setAlarms, { lost: () => undefined, denied: () => desk.expired() }), [desk]);
  if (!alarms) return null;
  if (alarms.length === 0) {
    return (
      <p class="quiet" data-testid="no-alarms">
        {t('noAlarms')}
      </p>
    );
  }
  return (
    <section class="operators-alarms" role="alert" aria-label={t('alarms')}>
      {alarms.map((a) => (
        <article key={`${a.kind} ${a.subject}`} data-testid="alarm" data-kind={a.kind}>
          <h2>
            {name(a)} <small>{t('alarmSince', { time: new Date(a.since).toLocaleString(locale()) })}</small>
          </h2>
          <p>{a.what}</p>
          <p>
            <strong>{t('alarmDo')}</strong> {a.do}
          </p>
        </article>
      ))}
    </section>
  );
}

function name(a: Alarm): string {
  const key = keyOf(`alarm.${a.kind}`);
  const kind = key ? t(key) : a.kind;
  return a.subject ? `${kind}: ${a.subject}` : kind;
}
