import { useEffect, useRef, useState } from 'preact/hooks';
import { choosesSpeakers, type Device, type DeviceUse, devices } from '../../phone/devices';
import { t } from '../../text/text';
import { useRoom } from '../context';
import { Icon } from '../kit/Icon';
import { MicrophoneTest } from './MicrophoneTest';
import { NetworkTest } from './NetworkTest';
import { SoundTests } from './SoundTests';

export type Lists = Readonly<Record<DeviceUse, readonly Device[]>>;

/** The test before the first call, and the choice of devices at any time, in a call too. */
export function DevicesDialog() {
  const { desk } = useRoom();
  const dialog = useRef<HTMLDialogElement>(null);
  const [lists, setLists] = useState<Lists>({ microphone: [], speaker: [], ringer: [] });
  const open = desk.devicesOpen.value;
  useEffect(() => {
    if (!open) return;
    dialog.current?.showModal();
    const read = async () => {
      const [microphone, speaker] = await Promise.all([devices('microphone'), devices('speaker')]);
      setLists({ microphone, speaker, ringer: speaker });
    };
    void read();
    navigator.mediaDevices?.addEventListener('devicechange', read);
    return () => navigator.mediaDevices?.removeEventListener('devicechange', read);
  }, [open]);
  if (!open) return null;
  const close = () => {
    desk.devicesOpen.value = false;
  };
  return (
    <dialog ref={dialog} class="devices" data-testid="devices" aria-labelledby="devices-title" onClose={close}>
      <header>
        <h2 id="devices-title">{t('devices')}</h2>
        <button type="button" class="icon-button" aria-label={t('close')} data-testid="devices-close" onClick={close}>
          <Icon name="close" size={16} />
        </button>
      </header>
      <MicrophoneTest list={lists.microphone} named={(list) => setLists((was) => ({ ...was, microphone: list }))} />
      <SoundTests lists={lists} choice={choosesSpeakers()} />
      <NetworkTest />
    </dialog>
  );
}
