import type { RefObject } from 'preact';
import type { Action } from '../../state/actions';
import type { Key } from '../../text/catalogue';
import { t } from '../../text/text';
import { Icon, type IconName } from '../kit/Icon';
import { Keycap } from '../kit/Keycap';

interface Props {
  action: Action;
  muted: boolean;
  disabled: boolean;
  button: RefObject<HTMLButtonElement | null>;
  armed: boolean;
  holding: boolean;
  act: () => void;
}

const keycaps: Record<Action, Key> = {
  answer: 'keyAnswer',
  refuse: 'keyRefuse',
  mute: 'keyMute',
  hangup: 'keyHangup',
};

/** One action on the call: drawing, word and key. */
export function ActionButton({ action, muted, disabled, button, armed, holding, act }: Props) {
  const isMuted = action === 'mute' && muted;
  const icon: IconName = action === 'mute' ? (muted ? 'muted' : 'microphone') : action;
  return (
    <button
      ref={button}
      type="button"
      class={`button action ${action}`}
      data-testid={action}
      data-armed={action === 'hangup' && armed}
      data-holding={action === 'refuse' && holding}
      aria-pressed={action === 'mute' ? muted : undefined}
      aria-keyshortcuts={action === 'mute' ? 'M' : undefined}
      disabled={disabled}
      onClick={act}
    >
      <span class="action-word">
        <Icon name={icon} />
        {t(isMuted ? 'unmute' : action)}
      </span>
      <Keycap>{t(action === 'hangup' && armed ? 'hangupAgain' : keycaps[action])}</Keycap>
    </button>
  );
}
