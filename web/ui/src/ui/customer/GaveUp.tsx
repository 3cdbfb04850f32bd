import { useEffect, useState } from 'preact/hooks';
import { callOutApi } from '../../api/callout';
import { type AbandonedCall, statisticsApi } from '../../api/statistics';
import { period } from '../../state/report';
import { duration } from '../../text/format';
import { locale } from '../../text/language';
import { t } from '../../text/text';
import { useRoom } from '../context';
import { NumberText } from '../kit/NumberText';
import { today } from '../supervisor/PeriodFields';

const shown = 10;

/** Today's callers of the own queues who gave up waiting and whom nobody has talked with since. */
export function GaveUp() {
  const { desk } = useRoom();
  const [all, setAll] = useState<AbandonedCall[]>([]);
  const view = desk.state.value.view;
  const changes = `${view?.agent.since} ${(view?.queues ?? []).map((q) => q.waiting).join()}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: whoever comes or goes may have given up
  useEffect(() => {
    let over = false;
    const asked = period(today(), today());
    if (!asked) return;
    statisticsApi.abandoned(asked).then(
      (list) => !over && setAll(list.filter((c) => c.state !== 'reached' && c.number)),
      () => undefined, // read again with the next change
    );
    return () => {
      over = true;
    };
  }, [changes]);
  if (all.length === 0) return null;
  const once = all.filter((c, i) => all.findIndex((d) => d.number === c.number && d.queue === c.queue) === i);
  return (
    <section class="messages gave-up" aria-label={t('abandonedCallers')}>
      <h2>{t('abandonedCallers')}</h2>
      <ul>
        {once.slice(0, shown).map((c) => (
          <li key={c.call + c.queue} data-testid="gave-up">
            <div class="message-who">
              <b>{c.name || <NumberText number={c.number} />}</b>
              <small>
                {[c.queue, clock(c.at), t('gaveUpAfter', { time: duration(Math.round(c.waited)) })].join(' · ')}
                {c.times > 1 && ` · ${t('gaveUpTimes', { n: c.times })}`}
              </small>
            </div>
            <div class="callback-actions">
              <button
                type="button"
                class="button"
                data-testid="gave-up-call"
                disabled={desk.dialling.busy.value}
                onClick={() => void desk.callOut(() => callOutApi.call({ number: c.number, queue: c.queue }))}
              >
                {t('callBack')}
              </button>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

function clock(at: string): string {
  return new Date(at).toLocaleTimeString(locale(), { timeStyle: 'short', hourCycle: 'h23' });
}
