import { useState } from 'preact/hooks';
import { choose, chosen, type Device, type DeviceUse } from '../../phone/devices';
import { t } from '../../text/text';
import { useRoom } from '../context';

/** Which device is used; it is remembered in this browser, and counts at once. */
export function DeviceChoice({ use, list }: { use: DeviceUse; list: readonly Device[] }) {
  const { desk } = useRoom();
  const [now, setNow] = useState(() => chosen(use));
  return (
    <label class="device-choice">
      <span>{t(`device.${use}`)}</span>
      <select
        data-testid={`device-${use}`}
        value={list.some((d) => d.id === now) ? now : ''}
        onChange={(e) => {
          const id = e.currentTarget.value;
          choose(use, id);
          setNow(id);
          void desk.takeDevices();
        }}
      >
        <option value="">{t('deviceStandard')}</option>
        {list.map((d) => (
          <option key={d.id} value={d.id}>
            {d.name}
          </option>
        ))}
      </select>
    </label>
  );
}
