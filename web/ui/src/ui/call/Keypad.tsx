import { useState } from 'preact/hooks';
import { t } from '../../text/text';
import { useRoom } from '../context';

const digits = [...'123456789*0#'];
const shownLast = 18;

/** The telephone's keys: by pointer, or typed. Each is sent at once. */
export function Keypad() {
  const { desk } = useRoom();
  const [sent, setSent] = useState('');
  const dial = (digit: string) => {
    setSent((before) => (before + digit).slice(-shownLast));
    desk.controls.dial(digit);
  };
  const typed = (e: KeyboardEvent) => {
    if (!digits.includes(e.key) || e.repeat || e.ctrlKey || e.metaKey || e.altKey) return;
    e.preventDefault();
    dial(e.key);
  };
  const why = desk.state.value.refusals.call;
  return (
    <fieldset class="keypad" aria-label={t('keypad')} data-first tabIndex={-1} onKeyDown={typed}>
      {why ? (
        <p class="keypad-sent bad" role="alert">
          {why}
        </p>
      ) : (
        <p class="keypad-sent" role="status" aria-label={t('digitsSent')} data-testid="digits-sent">
          {sent}
        </p>
      )}
      <div class="keypad-keys">
        {digits.map((digit) => (
          <button
            key={digit}
            type="button"
            class="button"
            aria-label={t('digit', { digit })}
            data-testid={`digit-${digit}`}
            onClick={() => dial(digit)}
          >
            {digit}
          </button>
        ))}
      </div>
    </fieldset>
  );
}
