import { useState } from 'preact/hooks';
import { callOutApi } from '../../api/callout';
import { type AbandonedCall, statisticsApi } from '../../api/statistics';
import { period } from '../../state/report';
import { duration } from '../../text/format';
import { locale } from '../../text/language';
import { t } from '../../text/text';
import { useRoom } from '../context';
import { CopyButton } from '../kit/CopyButton';
import { NumberText } from '../kit/NumberText';
import { Head } from './Head';
import { PeriodFields, today } from './PeriodFields';
import { useAnswer } from './useAnswer';
import { Wide } from './Wide';

/** Callers who gave up waiting, and what became of them. */
export function Abandoned() {
  const [dates, setDates] = useState({ first: today(), last: today() });
  const [onlyOpen, setOnlyOpen] = useState(true);
  const asked = period(dates.first, dates.last);
  const { answer, busy, wrong } = useAnswer(JSON.stringify(asked ?? ''), () =>
    asked ? statisticsApi.abandoned(asked) : Promise.reject(new Error('no time')),
  );
  const shown = (answer ?? []).filter((call) => !onlyOpen || call.state !== 'reached');
  return (
    <main class="operators">
      <Head title={t('abandonedCallers')} />
      <form class="report-ask" onSubmit={(e) => e.preventDefault()}>
        <PeriodFields dates={dates} choose={setDates} />
        <label class="report-check">
          <input
            type="checkbox"
            data-testid="only-open"
            checked={onlyOpen}
            onChange={(e) => setOnlyOpen(e.currentTarget.checked)}
          />
          {t('onlyOpen')}
        </label>
      </form>
      <p class="report-state" role="status">
        {wrong || (busy ? t('loading') : '')}
      </p>
      {answer && shown.length === 0 && <p class="quiet">{t('noAbandoned')}</p>}
      {shown.length > 0 && (
        <Wide label={t('abandonedCallers')}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t('customerNumber')}</th>
                <th scope="col">{t('name')}</th>
                <th scope="col">{t('queue')}</th>
                <th scope="col">{t('gaveUpAt')}</th>
                <th scope="col">{t('waitedFor')}</th>
                <th scope="col">{t('timesTried')}</th>
                <th scope="col">{t('outcome')}</th>
              </tr>
            </thead>
            <tbody>
              {shown.map((call) => (
                <Caller key={call.call + call.queue + call.at} call={call} />
              ))}
            </tbody>
          </table>
        </Wide>
      )}
    </main>
  );
}

function Caller({ call }: { call: AbandonedCall }) {
  const { desk } = useRoom();
  const { me } = desk.state.value;
  return (
    <tr data-testid="abandoned" data-state={call.state}>
      <th scope="row">
        {call.number ? (
          <span class="abandoned-number">
            <NumberText number={call.number} /> <CopyButton text={call.number} label={t('copyNumber')} />
            {me?.agent && (
              <button
                type="button"
                class="button"
                disabled={desk.dialling.busy.value}
                onClick={() => {
                  location.hash = '';
                  void desk.callOut(() => callOutApi.call({ number: call.number }));
                }}
              >
                {t('callBack')}
              </button>
            )}
          </span>
        ) : (
          t('withheld')
        )}
      </th>
      <td>{call.name || t('none')}</td>
      <td>{call.queue}</td>
      <td>{moment(call.at)}</td>
      <td>
        {duration(Math.round(call.waited))} {call.short && <small>{t('shortOne')}</small>}
      </td>
      <td>{call.times}</td>
      <td>
        <span
          class={`state-word state-${call.state === 'reached' ? 'available' : call.state === 'tried' ? 'away' : 'busy'}`}
        >
          {t(`abandoned.${call.state}`, { time: call.later ? moment(call.later) : '' })}
        </span>
      </td>
    </tr>
  );
}

function moment(time: string): string {
  return new Intl.DateTimeFormat(locale(), {
    month: 'numeric',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(new Date(time));
}
