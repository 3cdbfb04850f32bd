import type { Panel } from '../../state/panel';
import { weaknessOf } from '../../state/quality';
import { t } from '../../text/text';
import { useRoom } from '../context';
import { Icon } from '../kit/Icon';

/** Says whose connection is weak. */
export function LineWarning({ panel }: { panel: Panel }) {
  const { desk } = useRoom();
  const weakness = panel.audio === 'lost' ? null : weaknessOf(panel.parties, desk.state.value.view?.agent.user ?? '');
  if (!weakness) return null;
  return (
    <span class="line-warning" role="status" data-testid="line-warning">
      <Icon name="alert" size={14} />
      {t(weakness)}
    </span>
  );
}
