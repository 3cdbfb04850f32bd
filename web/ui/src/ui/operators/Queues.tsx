import { useCallback, useEffect, useState } from 'preact/hooks';
import { type NoticeKind, type QueueState, queuesApi } from '../../api/queues';
import { Refusal } from '../../api/refusal';
import { locale } from '../../text/language';
import { t } from '../../text/text';

const lookEvery = 10_000;

/** Which queues take callers, and what supervisors can set for them until a time: a closing, an incident. */
export function Queues() {
  const [all, setAll] = useState<QueueState[]>([]);
  const [said, setSaid] = useState('');
  const [edits, setEdits] = useState<{ queue: string; kind: NoticeKind } | null>(null);
  const look = useCallback(() => void queuesApi.all().then(setAll, () => undefined), []);
  useEffect(() => {
    look();
    const timer = window.setInterval(look, lookEvery);
    return () => clearInterval(timer);
  }, [look]);
  const obey = async (what: Promise<void>) => {
    setSaid('');
    try {
      await what;
      setEdits(null);
    } catch (error) {
      setSaid(error instanceof Refusal && error.status > 0 ? error.message : t('unreachable'));
    }
    look();
  };
  return (
    <section class="operators-queues">
      <h2>{t('allQueues')}</h2>
      {said && (
        <p class="operators-lost" role="alert">
          {said}
        </p>
      )}
      <table>
        <tbody>
          {all.map((q) => (
            <tr key={q.name} data-testid="queue" data-open={q.open}>
              <th scope="row">{q.name}</th>
              <td>
                <span class={`health ${q.open ? 'up' : 'down'}`}>{t(q.open ? 'queueOpen' : 'queueClosed')}</span>{' '}
                {q.why}
                {q.incident && (
                  <div>
                    {t('queueIncidentUntil', { until: clock(q.incident.until) })}{' '}
                    <q>{q.incident.say || q.incident.file}</q>
                  </div>
                )}
              </td>
              <td>
                <Switch
                  on={q.closed !== null}
                  set={t('queueClose')}
                  end={t('queueReopen')}
                  onSet={() => setEdits({ queue: q.name, kind: 'closed' })}
                  onEnd={() => void obey(queuesApi.end(q.name, 'closed'))}
                />{' '}
                <Switch
                  on={q.incident !== null}
                  set={t('queueIncident')}
                  end={t('queueIncidentEnd')}
                  onSet={() => setEdits({ queue: q.name, kind: 'incident' })}
                  onEnd={() => void obey(queuesApi.end(q.name, 'incident'))}
                />
                {edits?.queue === q.name && (
                  <NoticeForm
                    kind={edits.kind}
                    onSend={(until, say) => void obey(queuesApi.set(q.name, edits.kind, until, say))}
                    onCancel={() => setEdits(null)}
                  />
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Switch(p: { on: boolean; set: string; end: string; onSet(): void; onEnd(): void }) {
  return (
    <button type="button" onClick={p.on ? p.onEnd : p.onSet}>
      {p.on ? p.end : p.set}
    </button>
  );
}

function NoticeForm(p: { kind: NoticeKind; onSend(until: string, say: string): void; onCancel(): void }) {
  const [until, setUntil] = useState('');
  const [say, setSay] = useState('');
  return (
    <form
      class="operators-notice"
      onSubmit={(e) => {
        e.preventDefault();
        p.onSend(new Date(until).toISOString(), say.trim());
      }}
    >
      <label>
        {t('queueUntil')}{' '}
        <input type="datetime-local" required value={until} onInput={(e) => setUntil(e.currentTarget.value)} />
      </label>{' '}
      <label>
        {t(p.kind === 'closed' ? 'queueCloseMessage' : 'queueIncidentMessage')}{' '}
        <input
          type="text"
          maxLength={2000}
          required={p.kind === 'incident'}
          value={say}
          onInput={(e) => setSay(e.currentTarget.value)}
        />
      </label>{' '}
      <button type="submit">{t('queueSet')}</button>{' '}
      <button type="button" onClick={p.onCancel}>
        {t('queueCancel')}
      </button>
    </form>
  );
}

function clock(time: string): string {
  return new Date(time).toLocaleString(locale(), { dateStyle: 'short', timeStyle: 'short' });
}
