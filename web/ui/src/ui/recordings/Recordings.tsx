import { useEffect, useState } from 'preact/hooks';
import { type Recording, type RecordingsQuestion, recordingsApi } from '../../api/recordings';
import { Refusal } from '../../api/refusal';
import { stretches } from '../../state/recordings';
import { period } from '../../state/report';
import { t } from '../../text/text';
import { Head } from '../supervisor/Head';
import { today } from '../supervisor/PeriodFields';
import { useAnswer } from '../supervisor/useAnswer';
import { Player } from './Player';
import { type Asked, Search } from './Search';
import { StretchList } from './StretchList';

/** What was recorded: found on the left, heard on the right. */
export function Recordings() {
  const [asked, setAsked] = useState<Asked>({
    first: today(),
    last: today(),
    customer: '',
    agent: '',
    queue: '',
    disposition: '',
  });
  const [tries, setTries] = useState(0);
  const [chosen, setChosen] = useState('');
  const question = questionOf(asked);
  const key = question ? `${JSON.stringify(question)} ${tries}` : '';
  const { answer, busy, wrong } = useAnswer(key, () =>
    question ? recordingsApi.list(question) : Promise.reject(new Error('no time')),
  );
  const more = useMore(key, answer, question);
  const found = stretches([...(answer?.recordings ?? []), ...more.files]);
  const shown = found.find((stretch) => stretch.id === chosen) ?? null;
  return (
    <main class="operators recordings">
      <Head title={t('recordings')} />
      <Search asked={asked} ask={setAsked} csv={question ? recordingsApi.csv(question) : ''} />
      <p class="report-state" role="status">
        {wrong || more.wrong || (busy || more.busy ? t('loading') : t('recordingsFound', { count: found.length }))}
      </p>
      <div class="recordings-columns">
        <section class="recordings-list" aria-label={t('recordings')}>
          {answer && found.length === 0 && <p class="quiet">{t('noRecordings')}</p>}
          <StretchList all={found} chosen={chosen} choose={setChosen} />
          {more.left && (
            <button type="button" class="button wide" data-testid="more" disabled={more.busy} onClick={more.load}>
              {t('more')}
            </button>
          )}
        </section>
        {shown ? (
          <Player key={shown.id} stretch={shown} changed={() => setTries((n) => n + 1)} />
        ) : (
          <p class="recordings-none quiet">{t('chooseRecording')}</p>
        )}
      </div>
    </main>
  );
}

/** Dates are those of this browser's clock. */
function questionOf({ first, last, ...rest }: Asked): RecordingsQuestion | null {
  const dates = period(first, last);
  if (!dates) return null;
  return { ...rest, from: midnight(dates.from), to: midnight(dates.to) };
}

function midnight(date: string): string {
  return new Date(`${date}T00:00:00`).toISOString();
}

/** The pages behind the first one. */
function useMore(
  key: string,
  first: { recordings: Recording[]; more: boolean } | null,
  question: RecordingsQuestion | null,
) {
  const [state, setState] = useState({ key, files: [] as Recording[], left: false, busy: false, wrong: '' });
  useEffect(() => setState({ key, files: [], left: first?.more ?? false, busy: false, wrong: '' }), [key, first]);
  const load = () => {
    const before = (state.files.at(-1) ?? first?.recordings.at(-1))?.id;
    if (!question || !before || state.busy) return;
    setState((was) => ({ ...was, busy: true, wrong: '' }));
    recordingsApi.list({ ...question, before }).then(
      (page) =>
        setState((was) =>
          was.key === key ? { ...was, files: [...was.files, ...page.recordings], left: page.more, busy: false } : was,
        ),
      (error) =>
        setState((was) => ({
          ...was,
          busy: false,
          wrong: (error instanceof Refusal && error.detail) || t('unreachable'),
        })),
    );
  };
  return { ...state, load };
}
