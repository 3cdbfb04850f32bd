import { useEffect, useState } from 'preact/hooks';
import { type Device, devices } from '../../phone/devices';
import { watchLevel } from '../../phone/level';
import { closeMicrophone, MicrophoneError, openMicrophone } from '../../phone/microphone';
import { microphoneText } from '../../text/microphone';
import { t } from '../../text/text';
import { useRoom } from '../context';
import { DeviceChoice } from './DeviceChoice';

const quietBelow = 0.15;

/** The microphone: which, and how loud it is. */
export function MicrophoneTest({ list, named }: { list: readonly Device[]; named: (list: Device[]) => void }) {
  const { desk } = useRoom();
  const [level, setLevel] = useState(0);
  const [heard, setHeard] = useState(false);
  const [wrong, setWrong] = useState('');
  const changed = desk.devicesChanged.value;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another device is opened anew
  useEffect(() => {
    let over = false;
    let end: () => void = () => undefined;
    setWrong('');
    openMicrophone().then(
      async (stream) => {
        if (over) return closeMicrophone(stream);
        const stop = watchLevel(stream, (now) => {
          setLevel(now);
          if (now > quietBelow) setHeard(true);
        });
        end = () => {
          stop();
          closeMicrophone(stream);
        };
        named(await devices('microphone')); // they have names now
      },
      (error) => {
        if (!over) setWrong(error instanceof MicrophoneError ? microphoneText(error.kind) : String(error));
      },
    );
    return () => {
      over = true;
      end();
    };
  }, [changed]);
  return (
    <section class="device-test">
      <DeviceChoice use="microphone" list={list} />
      <meter
        class="device-level"
        data-testid="microphone-level"
        aria-label={t('microphoneLevel')}
        min={0}
        max={1}
        value={level}
      />
      <p class={wrong ? 'bad' : ''} role="status" data-testid="microphone-verdict">
        {wrong || t(heard ? 'microphoneHeard' : 'microphoneSpeak')}
      </p>
    </section>
  );
}
