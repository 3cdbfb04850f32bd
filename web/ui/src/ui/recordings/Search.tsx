import { watches } from '../../state/watches';
import { t } from '../../text/text';
import { useRoom } from '../context';
import { type Dates, PeriodFields } from '../supervisor/PeriodFields';

export interface Asked extends Dates {
  customer: string;
  agent: string;
  queue: string;
  disposition: string;
}

const texts = ['customer', 'agent', 'queue', 'disposition'] as const;
const titles = { customer: 'customer', agent: 'agentLogin', queue: 'queue', disposition: 'disposition' } as const;

/** What is looked for. A text is asked for when it is complete: Enter, or the next field. Agents have their own calls only, so they needn't say whose. */
export function Search({ asked, ask, csv }: { asked: Asked; ask: (asked: Asked) => void; csv: string }) {
  const { desk } = useRoom();
  const fields = texts.filter((name) => name !== 'agent' || watches(desk.state.value.me));
  return (
    <form class="report-ask" aria-label={t('searchRecordings')} onSubmit={(e) => e.preventDefault()}>
      {fields.map((name) => (
        <label key={name}>
          {t(titles[name])}
          <input
            type="search"
            data-testid={`recordings-${name}`}
            value={asked[name]}
            maxLength={64}
            onChange={(e) => ask({ ...asked, [name]: e.currentTarget.value.trim() })}
          />
        </label>
      ))}
      <PeriodFields dates={asked} choose={(dates) => ask({ ...asked, ...dates })} />
      {csv && (
        <a class="button" href={csv} download title={t('recordingsCsvHint')} data-testid="recordings-csv">
          {t('csv')}
        </a>
      )}
    </form>
  );
}
