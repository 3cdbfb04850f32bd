import { addDays } from '../../state/report';
import { t } from '../../text/text';

export interface Dates {
  first: string;
  last: string;
}

/** Today, by this browser's clock. */
export function today(): string {
  const now = new Date();
  return [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((n) => String(n).padStart(2, '0')).join('-');
}

/** From which date to which, both in it. */
export function PeriodFields({ dates, choose }: { dates: Dates; choose: (dates: Dates) => void }) {
  const last = today();
  const quick = [
    [t('today'), { first: last, last }],
    [t('yesterday'), { first: addDays(last, -1), last: addDays(last, -1) }],
    [t('lastDays', { days: 7 }), { first: addDays(last, -6), last }],
    [t('lastDays', { days: 30 }), { first: addDays(last, -29), last }],
  ] as const;
  return (
    <>
      <label>
        {t('reportFrom')}
        <input
          type="date"
          data-testid="report-from"
          value={dates.first}
          max={last}
          onChange={(e) => choose({ ...dates, first: e.currentTarget.value })}
        />
      </label>
      <label>
        {t('reportTo')}
        <input
          type="date"
          data-testid="report-to"
          value={dates.last}
          min={dates.first}
          onChange={(e) => choose({ ...dates, last: e.currentTarget.value })}
        />
      </label>
      <div class="report-quick">
        {quick.map(([name, of]) => (
          <button
            key={name}
            type="button"
            class="button"
            aria-pressed={dates.first === of.first && dates.last === of.last}
            onClick={() => choose(of)}
          >
            {name}
          </button>
        ))}
      </div>
    </>
  );
}
