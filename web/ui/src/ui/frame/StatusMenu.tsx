import type { Status } from '../../api/types';
import { elapsed, instant } from '../../state/clock';
import { duration } from '../../text/format';
import { t } from '../../text/text';
import { useRoom } from '../context';
import { Icon } from '../kit/Icon';
import { useMenu } from '../kit/useMenu';
import { StatusGlyph } from './StatusGlyph';

const statuses: readonly Status[] = ['available', 'busy', 'away', 'offline'];

/** The agent's status, since when, and the choice of another. */
export function StatusMenu() {
  const { desk } = useRoom();
  const { wanted, view, me } = desk.state.value;
  const { open, setOpen, close, button, menu, onKeyDown } = useMenu();
  const status = wanted ?? view?.agent.status ?? 'offline';
  const time = wanted || !view ? duration(0) : duration(elapsed(instant(view.agent.since), desk.now.value));

  const label = wanted ? '' : (view?.agent.label ?? '');
  const choose = (to: Status, name = '') => {
    close();
    if (to !== status || name !== label) void desk.setStatus(to, name);
  };

  return (
    <div class="status">
      <button
        ref={button}
        type="button"
        class={`status-button ${status}`}
        data-testid="status-menu"
        data-status={status}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-busy={wanted !== null}
        onClick={() => setOpen(!open)}
      >
        <StatusGlyph status={status} />
        <span class="status-name">{label || t(`status.${status}`)}</span>
        <span class="status-time">{time}</span>
        <Icon name="chevron" size={16} />
      </button>
      {open && (
        <div ref={menu} onKeyDown={onKeyDown} class="menu" role="menu" aria-label={t('status')}>
          {statuses.map((s) => (
            <button
              key={s}
              type="button"
              class="menu-item"
              role="menuitemradio"
              aria-checked={s === status && !label}
              tabIndex={-1}
              data-testid={`status-${s}`}
              onClick={() => choose(s)}
            >
              <StatusGlyph status={s} />
              <span>
                <b>{t(`status.${s}`)}</b>
                <small>{t(`statusHint.${s}`)}</small>
              </span>
              {s === status && !label && <Icon name="check" size={16} />}
            </button>
          ))}
          {(me?.statuses ?? []).map(({ name, as }) => (
            <button
              key={name}
              type="button"
              class="menu-item"
              role="menuitemradio"
              aria-checked={name === label}
              tabIndex={-1}
              data-testid={`status-name-${name}`}
              onClick={() => choose(as, name)}
            >
              <StatusGlyph status={as} />
              <span>
                <b>{name}</b>
                <small>{t(`statusHint.${as}`)}</small>
              </span>
              {name === label && <Icon name="check" size={16} />}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
