import { useEffect, useState } from 'preact/hooks';
import { recordingsApi } from '../../api/recordings';
import { marks as marksOf, type Stretch, stretches } from '../../state/recordings';
import { duration, numberGroups } from '../../text/format';
import { t } from '../../text/text';
import { CopyButton } from '../kit/CopyButton';
import { Icon } from '../kit/Icon';
import { useAnswer } from '../supervisor/useAnswer';
import { Files } from './Files';
import { speeds, useSound } from './useSound';
import { Wave } from './Wave';
import { when } from './when';
import { causeOf, customerOf, partOf } from './words';

/** A recording: who and when, its picture, what plays it, and its files. Its call may have other stretches: before and after a transfer. */
export function Player({ stretch, changed }: { stretch: Stretch; changed: () => void }) {
  const [id, setId] = useState(stretch.id);
  const call = useAnswer(stretch.first.call, () => recordingsApi.list({ call: stretch.first.call }));
  const all = stretches(call.answer?.recordings ?? []).sort((a, b) => (a.began < b.began ? -1 : 1));
  const shown = all.find((one) => one.id === id) ?? stretch;
  const { first } = shown;
  return (
    <section class="player" aria-label={t('recording')} data-testid="player">
      <header>
        <h2>{customerOf(first)}</h2>
        <p>
          {first.number && `${numberGroups(first.number).join(' ')} `}
          {first.number && <CopyButton text={first.number} label={t('copyNumber')} />}
        </p>
        <p class="quiet">
          {[when(shown.began), first.queue, first.agent, first.disposition].filter(Boolean).join(' · ')}
        </p>
      </header>
      {all.length > 1 && (
        <nav class="player-call" aria-label={t('partsOfCall')}>
          {all.map((one, i) => (
            <button
              key={one.id}
              type="button"
              class="button"
              aria-pressed={one.id === shown.id}
              onClick={() => setId(one.id)}
            >
              {t('partOfCall', { number: i + 1, agent: one.first.agent || t('none') })}
            </button>
          ))}
        </nav>
      )}
      <Sound key={shown.id} stretch={shown} />
      <Files stretch={shown} changed={changed} />
    </section>
  );
}

function Sound({ stretch }: { stretch: Stretch }) {
  const [leg, setLeg] = useState(''); // empty: all
  const all = stretch.legs.length > 1;
  const { answer, wrong } = useAnswer(stretch.id, () => recordingsApi.wave(stretch.first.id, all));
  const file = stretch.files.find((one) => one.id === leg) ?? stretch.first;
  const late = leg ? (new Date(file.began).getTime() - new Date(stretch.began).getTime()) / 1000 : 0;
  const sound = useSound(recordingsApi.sound(file.id, all && !leg), late);
  const marks = marksOf(stretch);
  useSpace(sound.toggle);
  return (
    <>
      <Wave stretch={stretch} lanes={answer ?? []} marks={marks} at={sound.at} go={sound.seek} />
      <p class="report-state" role="status">
        {sound.broken ? t('soundGone') : wrong}
      </p>
      <div class="player-controls">
        <button type="button" class="button primary" data-testid="play" onClick={sound.toggle}>
          <Icon name={sound.playing ? 'hold' : 'resume'} />
          {sound.playing ? t('pausePlayback') : t('play')}
        </button>
        <output class="player-time" data-testid="play-time">
          {duration(sound.at)} / {duration(stretch.seconds)}
        </output>
        {all && (
          <label>
            {t('hear')}
            <select data-testid="leg" value={leg} onChange={(e) => setLeg(e.currentTarget.value)}>
              <option value="">{t('allLegs')}</option>
              {stretch.legs.map((one) => (
                <option key={one.id} value={one.id}>
                  {partOf(one.part)}
                </option>
              ))}
            </select>
          </label>
        )}
        <label>
          {t('speed')}
          <select
            data-testid="speed"
            value={String(sound.speed)}
            onChange={(e) => sound.setSpeed(Number(e.currentTarget.value))}
          >
            {speeds.map((speed) => (
              <option key={speed} value={String(speed)}>
                {t('times', { speed })}
              </option>
            ))}
          </select>
        </label>
        <label>
          {t('volume')}
          <input
            type="range"
            min={0}
            max={1}
            step={0.05}
            value={sound.volume}
            onInput={(e) => sound.setVolume(Number(e.currentTarget.value))}
          />
        </label>
      </div>
      {marks.length > 0 && (
        <ul class="player-marks" aria-label={t('marks')}>
          {marks.map((mark) => (
            <li key={`${mark.cause}${mark.from}${mark.part}`}>
              <button type="button" class="button" data-testid="mark" onClick={() => sound.seek(mark.from)}>
                {duration(mark.from)}
              </button>
              {[
                causeOf(mark.cause),
                mark.part && partOf(mark.part),
                mark.to > mark.from && t('forSeconds', { seconds: Math.max(1, Math.round(mark.to - mark.from)) }),
                mark.detail,
              ]
                .filter(Boolean)
                .join(' · ')}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

/** Space plays and pauses, unless what has the focus takes it. */
function useSpace(toggle: () => void) {
  useEffect(() => {
    const down = (e: KeyboardEvent) => {
      const busy = e.target instanceof Element && e.target.closest('input, textarea, select, button, a');
      if (e.key !== ' ' || busy || e.ctrlKey || e.altKey || e.metaKey) return;
      e.preventDefault();
      toggle();
    };
    window.addEventListener('keydown', down);
    return () => window.removeEventListener('keydown', down);
  });
}
