import type { Stretch } from '../../state/recordings';
import { duration } from '../../text/format';
import { t } from '../../text/text';
import { when } from './when';
import { customerOf } from './words';

/** What was found. One is chosen by a click, or by the arrow keys. */
export function StretchList(props: { all: Stretch[]; chosen: string; choose: (id: string) => void }) {
  const { all, chosen, choose } = props;
  const onKeyDown = (e: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    const list = e.currentTarget as HTMLElement;
    const buttons = [...list.querySelectorAll('button')];
    const next = step && buttons[buttons.indexOf(document.activeElement as HTMLButtonElement) + step];
    if (!next) return;
    e.preventDefault();
    next.focus();
  };
  return (
    <ul onKeyDown={onKeyDown}>
      {all.map((stretch) => (
        <li key={stretch.id}>
          <button
            type="button"
            data-testid="recording"
            aria-current={stretch.id === chosen ? 'true' : undefined}
            onClick={() => choose(stretch.id)}
          >
            <b>{customerOf(stretch.first)}</b>
            <span class="recordings-time">{duration(Math.round(stretch.seconds))}</span>
            <small>
              {[stretch.first.agent, stretch.first.queue, stretch.first.disposition].filter(Boolean).join(' · ')}
            </small>
            <small class="recordings-time">{when(stretch.began)}</small>
            {stretch.held && <small class="state-word state-away">{t('underHold')}</small>}
          </button>
        </li>
      ))}
    </ul>
  );
}
