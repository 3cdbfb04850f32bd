import { fractionLeft } from '../../state/clock';
import type { Panel } from '../../state/panel';
import { useRoom } from '../context';

/** How much of the ringing time is left. */
export function RingBar({ panel }: { panel: Panel }) {
  const { desk } = useRoom();
  const shown = panel.kind === 'ringing' && panel.ringUntil > 0;
  const left = shown ? fractionLeft(panel.since, panel.ringUntil, desk.now.value) : 0;
  return (
    <div class="ring-bar" aria-hidden="true">
      <div style={{ transform: `scaleX(${left})` }} />
    </div>
  );
}
