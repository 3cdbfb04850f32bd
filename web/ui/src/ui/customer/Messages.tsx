import { useEffect, useState } from 'preact/hooks';
import { type Voicemail, voicemailApi } from '../../api/voicemails';
import { duration } from '../../text/format';
import { locale } from '../../text/language';
import { t } from '../../text/text';
import { useRoom } from '../context';
import { CopyButton } from '../kit/CopyButton';
import { NumberText } from '../kit/NumberText';

const again = 2_000; // after a failure, and until a sound is there

/** Messages of the own queues that somebody has to deal with: heard, called back, done. Nothing is shown if there are none. */
export function Messages() {
  const { desk } = useRoom();
  const [all, setAll] = useState<Voicemail[]>([]);
  const [tries, setTries] = useState(0);
  const changes = (desk.state.value.view?.queues ?? []).map((q) => q.messages).join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: a change of these says that the list is another one
  useEffect(() => {
    let timer = 0;
    let over = false;
    const later = () => {
      timer = window.setTimeout(() => setTries((n) => n + 1), again);
    };
    voicemailApi.list().then(
      (list) => {
        if (over) return;
        setAll(list);
        if (list.some((m) => !m.ready)) later();
      },
      () => !over && later(),
    );
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [changes, tries]);
  const done = (id: string) =>
    voicemailApi.done(id).then(
      () => setAll((list) => list.filter((m) => m.id !== id)),
      () => setTries((n) => n + 1),
    );
  if (all.length === 0) return null;
  return (
    <section class="messages" aria-label={t('messages')}>
      <h2>{t('messages')}</h2>
      <ul>
        {all.map((m) => (
          <Message key={m.id} message={m} done={() => void done(m.id)} />
        ))}
      </ul>
    </section>
  );
}

function Message({ message: m, done }: { message: Voicemail; done: () => void }) {
  return (
    <li data-testid="voicemail" data-heard={m.heard ? 'true' : 'false'}>
      <div class="message-who">
        <b>{m.name || (m.number ? <NumberText number={m.number} /> : t('withheld'))}</b>
        {m.number && <CopyButton text={m.number} label={t('copyNumber')} />}
        <small>
          {[
            m.queue,
            new Date(m.at).toLocaleString(locale(), { dateStyle: 'short', timeStyle: 'short' }),
            duration(m.seconds),
            m.heardBy && t('messageHeard', { agent: m.heardBy }),
          ]
            .filter(Boolean)
            .join(' · ')}
        </small>
      </div>
      {m.ready ? (
        // biome-ignore lint/a11y/useMediaCaption: what callers say has no captions
        <audio
          controls
          preload="none"
          src={voicemailApi.sound(m.id)}
          aria-label={t('messagePlay')}
          onPlay={() => void voicemailApi.heard(m.id).catch(() => undefined)}
        />
      ) : (
        <p class="quiet">{t('messageComing')}</p>
      )}
      <button type="button" class="button" data-testid="voicemail-done" onClick={done}>
        {t('done')}
      </button>
    </li>
  );
}
