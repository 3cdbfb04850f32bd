import { useState } from 'preact/hooks';
import { type Recording, recordingsApi } from '../../api/recordings';
import { Refusal } from '../../api/refusal';
import type { Stretch } from '../../state/recordings';
import { watches } from '../../state/watches';
import { t } from '../../text/text';
import { useRoom } from '../context';
import { Wide } from '../supervisor/Wide';
import { when } from './when';
import { partOf } from './words';

type Wish = 'delete' | 'hold' | 'release';

/** The files of a stretch: to take along, and for those who watch over the contact centre to put under hold and to delete. */
export function Files({ stretch, changed }: { stretch: Stretch; changed: () => void }) {
  const { desk } = useRoom();
  const [wish, setWish] = useState<{ file: Recording; wish: Wish } | null>(null);
  const may = watches(desk.state.value.me);
  return (
    <>
      <Wide label={t('files')}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t('file')}</th>
              <th scope="col">{t('size')}</th>
              <th scope="col">{t('download')}</th>
              {may && <th scope="col">{t('evidence')}</th>}
            </tr>
          </thead>
          <tbody>
            {stretch.files.map((file) => (
              <tr key={file.id} data-testid="file">
                <th scope="row">
                  {partOf(file.part)} <small>{file.format}</small>
                  {file.repaired && <small class="state-word state-away">{t('repaired')}</small>}
                </th>
                <td>{t('kilobytes', { size: Math.ceil(file.bytes / 1000) })}</td>
                <td class="player-links">
                  <a href={recordingsApi.sound(file.id, false, true)} download>
                    {t('soundFile')}
                  </a>
                  <a href={recordingsApi.metadata(file.id)} download>
                    {t('metadata')}
                  </a>
                </td>
                {may && (
                  <td class="player-links">
                    <button
                      type="button"
                      class="button"
                      onClick={() => setWish({ file, wish: file.held ? 'release' : 'hold' })}
                    >
                      {t(file.held ? 'releaseHold' : 'putHold')}
                    </button>
                    <button
                      type="button"
                      class="button"
                      data-testid="delete-recording"
                      disabled={!!file.held}
                      title={
                        file.held
                          ? t('heldWhy', { user: file.heldBy, when: when(file.held), why: file.heldWhy })
                          : undefined
                      }
                      onClick={() => setWish({ file, wish: 'delete' })}
                    >
                      {t('deleteRecording')}
                    </button>
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </Wide>
      {stretch.legs.length > 1 && (
        <a
          class="player-all"
          href={recordingsApi.sound(stretch.first.id, true, true)}
          download
          data-testid="download-all"
        >
          {t('downloadAll')}
        </a>
      )}
      {stretch.held && (
        <p class="quiet">
          {t('heldWhy', {
            user: stretch.held.heldBy,
            when: when(stretch.held.held ?? stretch.began),
            why: stretch.held.heldWhy,
          })}
        </p>
      )}
      {wish && (
        <ReasonForm
          key={wish.file.id + wish.wish}
          {...wish}
          over={(done) => {
            setWish(null);
            if (done) changed();
          }}
        />
      )}
    </>
  );
}

const titles = { delete: 'deleteTitle', hold: 'holdTitle', release: 'releaseTitle' } as const;
const deeds = { delete: 'deleteRecording', hold: 'putHold', release: 'releaseHold' } as const;
const shortest = 3;

/** What is done to evidence has a reason, which is kept. */
function ReasonForm({ file, wish, over }: { file: Recording; wish: Wish; over: (done: boolean) => void }) {
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState('');
  const send = () => {
    setBusy(true);
    const asked =
      wish === 'delete' ? recordingsApi.remove(file.id, reason) : recordingsApi.hold(file.id, wish === 'hold', reason);
    asked.then(
      () => over(true),
      (error) => {
        setBusy(false);
        setWrong((error instanceof Refusal && error.detail) || t('unreachable'));
      },
    );
  };
  return (
    <form
      class="player-reason"
      aria-label={t(titles[wish], { part: partOf(file.part) })}
      onSubmit={(e) => {
        e.preventDefault();
        if (!busy && reason.trim().length >= shortest) send();
      }}
      onKeyDown={(e) => e.key === 'Escape' && over(false)}
    >
      <p>{t(titles[wish], { part: partOf(file.part) })}</p>
      <label>
        {t('reason')}
        <input
          type="text"
          data-testid="reason"
          required
          minLength={shortest}
          maxLength={500}
          value={reason}
          // biome-ignore lint/a11y/noAutofocus: the form was opened to write in it
          autoFocus
          onInput={(e) => setReason(e.currentTarget.value)}
        />
      </label>
      <p class="report-state" role="alert">
        {wrong}
      </p>
      <button type="submit" class="button primary" data-testid="reason-send" disabled={busy}>
        {t(deeds[wish])}
      </button>{' '}
      <button type="button" class="button" onClick={() => over(false)}>
        {t('cancel')}
      </button>
    </form>
  );
}
