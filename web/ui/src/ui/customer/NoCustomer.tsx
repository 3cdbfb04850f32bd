import type { Key } from '../../text/catalogue';
import { t } from '../../text/text';
import { Icon } from '../kit/Icon';
import { Keycap } from '../kit/Keycap';
import { Callbacks } from './Callbacks';
import { Conversations } from './Conversations';
import { GaveUp } from './GaveUp';
import { Messages } from './Messages';

const keys: readonly [what: Key, key: string][] = [
  ['shortcutAnswer', t('keyAnswer')],
  ['shortcutRefuse', t('keyRefuse')],
  ['shortcutMute', 'M'],
  ['shortcutHold', 'H'],
  ['shortcutKeypad', 'K'],
  ['shortcutRecord', 'R'],
  ['shortcutTransfer', 'T'],
  ['shortcutConsult', 'C'],
  ['shortcutParty', 'P'],
  ['shortcutHangup', t('keyHangup')],
  ['shortcutDial', 'D'],
  ['shortcutDone', t('keyDone')],
];

/** Between calls: what will be here, and the keys to learn meanwhile. */
export function NoCustomer() {
  return (
    <div class="no-customer">
      <Messages />
      <Callbacks />
      <GaveUp />
      <Conversations />
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
              <Keycap>{key}</Keycap>
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
