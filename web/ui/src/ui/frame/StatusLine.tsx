import { statusLine } from '../../state/line';
import type { Line } from '../../state/state';
import type { Key } from '../../text/catalogue';
import { t } from '../../text/text';
import { useRoom } from '../context';
import { Icon } from '../kit/Icon';

const lineTexts: Record<Line, Key> = {
  off: 'phoneOff',
  elsewhere: 'phoneElsewhere',
  connecting: 'phoneConnecting',
  ready: 'phoneReady',
  lost: 'phoneLost',
  refused: 'phoneRefused',
};

/** Why a status was refused or changed; else how the phone is. Always there, so that nothing moves when it has more to say. */
export function StatusLine() {
  const { desk } = useRoom();
  const line = statusLine(desk.state.value);
  if ('phone' in line) {
    return (
      <p class={`status-line ${line.tone}`} role="status" data-testid="phone-line" data-line={line.phone}>
        <span class="dot" aria-hidden="true" />
        <span>{t(lineTexts[line.phone])}</span>
      </p>
    );
  }
  return (
    <div class={`status-line ${line.tone}`} role="alert">
      <Icon name="alert" size={16} />
      <span data-testid="notice">{line.text}</span>
      <button type="button" class="icon-button" aria-label={t('dismiss')} onClick={() => desk.dismissNotice()}>
        <Icon name="close" size={14} />
      </button>
    </div>
  );
}
