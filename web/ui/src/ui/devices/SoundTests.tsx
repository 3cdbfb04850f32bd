import { useEffect, useRef, useState } from 'preact/hooks';
import { playMusic } from '../../sound/music';
import { t } from '../../text/text';
import { useRoom } from '../context';
import { DeviceChoice } from './DeviceChoice';
import type { Lists } from './DevicesDialog';

/** Where calls are heard, with five seconds of music, and where it rings. */
export function SoundTests({ lists, choice }: { lists: Lists; choice: boolean }) {
  const { desk } = useRoom();
  const [plays, setPlays] = useState(false);
  const stop = useRef<() => void>(() => undefined);
  useEffect(() => () => stop.current(), []);
  const music = () => {
    if (plays) return stop.current();
    setPlays(true);
    stop.current = playMusic(() => setPlays(false));
  };
  return (
    <>
      <section class="device-test">
        {choice && <DeviceChoice use="speaker" list={lists.speaker} />}
        <button type="button" class="button" data-testid="play-music" aria-pressed={plays} onClick={music}>
          {t(plays ? 'stopMusic' : 'playMusic')}
        </button>
        <p>{t(choice ? 'speakerHint' : 'speakerBySystem')}</p>
      </section>
      <section class="device-test">
        {choice && <DeviceChoice use="ringer" list={lists.ringer} />}
        <button type="button" class="button" data-testid="play-ring" onClick={() => desk.ringOnce()}>
          {t('playRing')}
        </button>
      </section>
    </>
  );
}
