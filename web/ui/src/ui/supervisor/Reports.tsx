import { useState } from 'preact/hooks';
import { type Interval, intervals, type Statistics, type Subject, statisticsApi, subjects } from '../../api/statistics';
import { type Figure, figuresOf, period, series } from '../../state/report';
import type { Key } from '../../text/catalogue';
import { duration } from '../../text/format';
import { locale } from '../../text/language';
import { keyOf, t } from '../../text/text';
import { Head } from './Head';
import { LineChart } from './LineChart';
import { PeriodFields, today } from './PeriodFields';
import { useAnswer } from './useAnswer';
import { Wide } from './Wide';

const mostLines = 6;

/** Reports: what is asked for on top, a line for one figure, a table with all. */
export function Reports() {
  const [dates, setDates] = useState({ first: today(), last: today() });
  const [of, setOf] = useState<Subject>('queue');
  const [by, setBy] = useState<Interval>('hour');
  const [shown, setShown] = useState('offered');
  const asked = period(dates.first, dates.last);
  const question = asked && { ...asked, of, by };
  const { answer, busy, wrong } = useAnswer(JSON.stringify(question ?? ''), () =>
    question ? statisticsApi.ask(question).then((data) => ({ data, of, by })) : Promise.reject(new Error('no time')),
  );
  const figures = figuresOf(answer?.of ?? of);
  const figure = figures.find((f) => f.name === shown) ?? figures[0];
  return (
    <main class="operators">
      <Head title={t('reports')} />
      <form class="report-ask" onSubmit={(e) => e.preventDefault()}>
        <label>
          {t('reportOf')}
          <select data-testid="report-of" value={of} onChange={(e) => setOf(e.currentTarget.value as Subject)}>
            {subjects.map((name) => (
              <option key={name} value={name}>
                {t(`of.${name}`)}
              </option>
            ))}
          </select>
        </label>
        <label>
          {t('reportBy')}
          <select data-testid="report-by" value={by} onChange={(e) => setBy(e.currentTarget.value as Interval)}>
            {intervals.map((name) => (
              <option key={name} value={name}>
                {t(`by.${name}`)}
              </option>
            ))}
          </select>
        </label>
        <PeriodFields dates={dates} choose={setDates} />
        {question && (
          <a class="button" href={statisticsApi.csv(question)} download title={t('csvHint')} data-testid="report-csv">
            {t('csv')}
          </a>
        )}
      </form>
      <p class="report-state" role="status">
        {wrong || (busy ? t('loading') : '')}
      </p>
      {answer && figure && (
        <>
          <div class="report-ask">
            <label>
              {t('chartOf')}
              <select data-testid="report-figure" value={figure.name} onChange={(e) => setShown(e.currentTarget.value)}>
                {figures.map((f) => (
                  <option key={f.name} value={f.name}>
                    {titleOf(f)}
                  </option>
                ))}
              </select>
            </label>
          </div>
          <Chart data={answer.data} figure={figure} by={answer.by} />
          <Table data={answer.data} figures={figures} by={answer.by} />
        </>
      )}
      {answer && answer.data.rows.length === 0 && <p class="quiet">{t('reportEmpty')}</p>}
    </main>
  );
}

function Chart({ data, figure, by }: { data: Statistics; figure: Figure; by: Interval }) {
  const all = series(data.rows);
  const first = all.slice(0, mostLines);
  const places = (first[0]?.rows ?? []).map((row) => when(row.from, by, data));
  if (places.length < 2) return null;
  const lines = first.map((s) => ({ name: s.name || t('none'), values: s.rows.map(figure.of) }));
  return (
    <>
      <Wide label={t('chartOf')}>
        <LineChart
          lines={lines}
          places={places}
          label={t('chartLabel', { figure: titleOf(figure), names: lines.map((l) => l.name).join(', ') })}
          write={(value) => written(value, figure)}
          top={figure.kind === 'share' ? 1 : undefined}
        />
      </Wide>
      {all.length > mostLines && <p class="quiet">{t('tooManyLines', { most: mostLines, all: all.length })}</p>}
    </>
  );
}

function Table({ data, figures, by }: { data: Statistics; figures: readonly Figure[]; by: Interval }) {
  if (data.rows.length === 0) return null;
  return (
    <Wide label={t('reports')}>
      <table class="report-table" data-testid="report-table">
        <thead>
          <tr>
            <th scope="col">{t('name')}</th>
            <th scope="col">{t('interval')}</th>
            {figures.map((f) => (
              <th key={f.name} scope="col">
                {titleOf(f)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {data.rows.map((row) => (
            <tr key={row.name + row.from}>
              <th scope="row">{row.name || t('none')}</th>
              <td>{when(row.from, by, data)}</td>
              {figures.map((f) => (
                <td key={f.name}>{written(f.of(row), f)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Wide>
  );
}

function titleOf(figure: Figure): string {
  const key: Key | undefined = keyOf(`figure.${figure.name}`);
  return key ? t(key) : figure.name;
}

function written(value: number | null, figure: Figure): string {
  if (value === null) return t('none');
  if (figure.kind === 'share') return `${Math.round(value * 100)} %`;
  if (figure.kind === 'time') return duration(Math.round(value));
  return String(Math.round(value * 100) / 100);
}

/** A time by the company's clock: the hour, or over several days the date as well. */
function when(time: string, by: Interval, data: Statistics): string {
  const long = Date.parse(data.to) - Date.parse(data.from) > 26 * 3_600_000;
  const date = by === 'day' || by === 'whole' || long ? ({ month: 'numeric', day: 'numeric' } as const) : {};
  const clock =
    by === '15m' || by === 'hour' ? ({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const) : {};
  return new Intl.DateTimeFormat(locale(), { ...date, ...clock, timeZone: zone(data.zone) }).format(new Date(time));
}

/** The company's time zone, if the browser knows it. */
function zone(name: string): string {
  try {
    return new Intl.DateTimeFormat(undefined, { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return 'UTC';
  }
}
