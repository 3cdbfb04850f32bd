import { useEffect, useState } from 'preact/hooks';
import { Refusal } from '../../api/refusal';
import { type Reload, reloadApi } from '../../api/reload';
import { locale } from '../../text/language';
import { t } from '../../text/text';
import { useRoom } from '../context';

const lookEvery = 10_000;

/** What became of the last reload of the operator's file, and a button for admins to have it read again. */
export function ReloadLine() {
  const { desk } = useRoom();
  const [last, setLast] = useState<Reload | null>(null);
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState('');
  useEffect(() => {
    const look = () => void reloadApi.last().then(setLast, () => undefined);
    look();
    const timer = window.setInterval(look, lookEvery);
    return () => clearInterval(timer);
  }, []);
  const reload = async () => {
    setBusy(true);
    setSaid('');
    try {
      setLast(await reloadApi.now());
    } catch (error) {
      setSaid(error instanceof Refusal ? error.message : '');
    }
    setBusy(false);
  };
  if (!last) return null;
  return (
    <section class="operators-reload" data-testid="reload" data-applied={last.applied}>
      <p class={last.at && !last.applied ? 'operators-lost' : 'quiet'} role="status">
        {sentence(last)}
      </p>
      {last.restart.length > 0 && <p class="quiet">{t('reloadRestart', { what: last.restart.join(', ') })}</p>}
      {last.wrong.length > 0 && (
        <ul>
          {last.wrong.map((m) => (
            <li key={`${m.line}:${m.column}:${m.text}`}>
              <code>
                {m.file}:{m.line}:{m.column}
              </code>{' '}
              {m.key} {m.text}
            </li>
          ))}
        </ul>
      )}
      {said && <p class="operators-lost">{said}</p>}
      {desk.state.value.me?.role === 'admin' && (
        <button type="button" disabled={busy} onClick={() => void reload()}>
          {t(busy ? 'reloadBusy' : 'reloadNow')}
        </button>
      )}
    </section>
  );
}

function sentence(last: Reload): string {
  if (!last.at) return t('reloadNone');
  const at = new Date(last.at).toLocaleTimeString(locale());
  if (!last.applied) return t('reloadRefused', { at, by: last.by });
  return t('reloadApplied', { at, by: last.by, what: last.changes.join(', ') || t('reloadSame') });
}
