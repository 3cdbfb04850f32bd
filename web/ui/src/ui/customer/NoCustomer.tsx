import type { Key } from '../../text/catalogue';
import { t } from '../../text/text';
import { Icon } from '../kit/Icon';
import { Keycap } from '../kit/Keycap';
import { Callbacks } from './Callbacks';
import { Messages } from './Messages';

const keys: readonly [Key, Key][] = [
  ['shortcutAnswer', 'keyAnswer'],
  ['shortcutRefuse', 'keyRefuse'],
  ['shortcutMute', 'keyMute'],
  ['shortcutHangup', 'keyHangup'],
  ['shortcutDone', 'keyDone'],
];

/** Between calls: what will be here, and the keys to learn meanwhile. */
export function NoCustomer() {
  return (
    <div class="no-customer">
      <Messages />
      <Callbacks />
      <span class="no-customer-sign" aria-hidden="true">
        <Icon name="person" size={28} />
      </span>
      <h2>{t('noCall')}</h2>
      <p>{t('noCallHint')}</p>
      <dl aria-label={t('shortcuts')}>
        {keys.map(([what, key]) => (
          <div key={what}>
            <dt>{t(what)}</dt>
            <dd>
              <Keycap>{t(key)}</Keycap>
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
