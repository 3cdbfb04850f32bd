import { useEffect, useRef } from 'preact/hooks';
import { type Action, actionsOf } from '../../state/actions';
import type { Panel } from '../../state/panel';
import { useRoom } from '../context';
import { useSettled } from '../kit/useSettled';
import { ActionButton } from './ActionButton';

/** The two places of the call's actions: left what goes on, right what ends it. */
export function CallActions({ panel }: { panel: Panel }) {
  const [left, right] = actionsOf(panel);
  return (
    <div class="call-actions">
      <Place action={left} panel={panel} />
      <Place action={right} panel={panel} />
    </div>
  );
}

function Place({ action, panel }: { action: Action | null; panel: Panel }) {
  const { keys } = useRoom();
  const settled = useSettled(action);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (action === 'answer' && settled && mayFocus(document.activeElement)) button.current?.focus();
  }, [action, settled]);
  if (!action) return <div class="no-action" />;
  return (
    <ActionButton
      action={action}
      muted={panel.muted}
      disabled={!settled}
      button={button}
      act={() => keys.act(action)}
      armed={keys.armed.value}
      holding={keys.holding.value}
    />
  );
}

/** Enter answers, so the focus goes to "Answer"; but never out of a text, a choice or an open menu. */
function mayFocus(active: Element | null): boolean {
  return !active?.closest('input, textarea, select, [role=menu]');
}
