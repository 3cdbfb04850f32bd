import { useEffect, useState } from 'preact/hooks';
import { t } from '../../text/text';
import { useRoom } from '../context';

const key = 'mediasrv.devicesTested';

/** Before the first call in this browser: the way to the test of the devices. */
export function TestHint() {
  const { desk } = useRoom();
  const [tested, setTested] = useState(() => localStorage.getItem(key) !== null);
  const open = desk.devicesOpen.value;
  useEffect(() => {
    if (!open) return;
    localStorage.setItem(key, 'yes');
    setTested(true);
  }, [open]);
  if (tested) return null;
  return (
    <button
      type="button"
      class="button small"
      data-testid="test-devices"
      onClick={() => {
        desk.devicesOpen.value = true;
      }}
    >
      {t('testDevices')}
    </button>
  );
}
