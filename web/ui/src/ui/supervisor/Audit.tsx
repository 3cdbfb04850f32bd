import { useEffect, useState } from 'preact/hooks';
import { type AuditPage, type AuditQuestion, type AuditRow, auditApi, auditKinds } from '../../api/audit';
import { addDays } from '../../state/report';
import { locale } from '../../text/language';
import { keyOf, t } from '../../text/text';
import { Head } from './Head';
import { PeriodFields, today } from './PeriodFields';
import { useAnswer } from './useAnswer';
import { Wide } from './Wide';

/** Who did what to others, to running calls, queues and recordings; the latest first, page by page. */
export function Audit() {
  const [dates, setDates] = useState({ first: addDays(today(), -6), last: today() });
  const [asked, setAsked] = useState({ who: '', what: '', user: '' });
  const question: AuditQuestion = { ...asked, from: midnight(dates.first), to: midnight(addDays(dates.last, 1)) };
  const key = JSON.stringify(question);
  const [older, setOlder] = useState<AuditPage[]>([]);
  const { answer, busy, wrong } = useAnswer(key, () => auditApi.page(question));
  // biome-ignore lint/correctness/useExhaustiveDependencies: another question has other pages
  useEffect(() => setOlder([]), [key]);
  const pages = answer ? [answer, ...older] : [];
  const rows = pages.flatMap((page) => page.audit);
  const more = async () => {
    const page = await auditApi.page(question, rows.at(-1)?.id);
    setOlder((was) => [...was, page]);
  };
  return (
    <main class="operators">
      <Head title={t('auditTrail')} />
      <form class="report-ask" onSubmit={(e) => e.preventDefault()}>
        <PeriodFields dates={dates} choose={setDates} />
        <label>
          {t('auditWhat')}
          <select
            data-testid="audit-what"
            value={asked.what}
            onChange={(e) => setAsked({ ...asked, what: e.currentTarget.value })}
          >
            <option value="">{t('auditAll')}</option>
            {auditKinds.map((kind) => (
              <option key={kind} value={kind}>
                {t(`audit.${kind}`)}
              </option>
            ))}
          </select>
        </label>
        <Login name="who" label={t('auditWho')} set={(who) => setAsked({ ...asked, who })} />
        <Login name="user" label={t('auditUser')} set={(user) => setAsked({ ...asked, user })} />
        <a class="button" href={auditApi.csv(question)} download title={t('csvHint')} data-testid="audit-csv">
          CSV
        </a>
      </form>
      <p class="report-state" role="status">
        {wrong || (busy ? t('loading') : '')}
      </p>
      {answer && rows.length === 0 && <p class="quiet">{t('auditNone')}</p>}
      {rows.length > 0 && <Rows rows={rows} />}
      {pages.at(-1)?.more && (
        <button
          type="button"
          class="button"
          data-testid="audit-more"
          onClick={() => void more().catch(() => undefined)}
        >
          {t('auditOlder')}
        </button>
      )}
    </main>
  );
}

function Login({ name, label, set }: { name: string; label: string; set(login: string): void }) {
  return (
    <label>
      {label}
      <input
        type="text"
        autocomplete="off"
        maxLength={64}
        data-testid={`audit-${name}`}
        onChange={(e) => set(e.currentTarget.value.trim())}
      />
    </label>
  );
}

function Rows({ rows }: { rows: AuditRow[] }) {
  return (
    <Wide label={t('auditTrail')}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('auditAt')}</th>
            <th scope="col">{t('auditWho')}</th>
            <th scope="col">{t('auditWhat')}</th>
            <th scope="col">{t('auditUser')}</th>
            <th scope="col">{t('auditDetail')}</th>
            <th scope="col">{t('auditCall')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id} data-testid="audit">
              <td>{new Date(row.at).toLocaleString(locale(), { dateStyle: 'short', timeStyle: 'medium' })}</td>
              <th scope="row">{row.who}</th>
              <td>{word(row.what)}</td>
              <td>{row.user}</td>
              <td>{row.detail}</td>
              <td>
                <small>{row.call}</small>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Wide>
  );
}

/** What was done, in words; a server that is newer than the page may know more. */
function word(what: string): string {
  const key = keyOf(`audit.${what}`);
  return key ? t(key) : what;
}

/** The beginning of a day, by this browser's clock. */
function midnight(date: string): string {
  const day = new Date(`${date}T00:00:00`);
  return Number.isNaN(day.getTime()) ? '' : day.toISOString();
}
