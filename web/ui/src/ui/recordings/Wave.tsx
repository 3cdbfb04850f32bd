import type { Lane } from '../../api/recordings';
import { type Mark, outline, type Stretch, seek, wave } from '../../state/recordings';
import { duration } from '../../text/format';
import { t } from '../../text/text';
import { causeOf, partOf } from './words';

/** The picture of a stretch: a lane for each voice, marks on it, and where one is. A click or the arrow keys lead to another place. */
export function Wave(props: { stretch: Stretch; lanes: Lane[]; marks: Mark[]; at: number; go: (to: number) => void }) {
  const { stretch, lanes, marks, at, go } = props;
  const whole = Math.max(stretch.seconds, ...lanes.map((lane) => lane.from + lane.seconds), 0.001);
  const height = wave.lane * Math.max(lanes.length, 1);
  const x = (seconds: number) => (seconds / whole) * wave.width;
  const onPointer = (e: PointerEvent) => {
    if (e.buttons !== 1) return;
    const box = (e.currentTarget as Element).getBoundingClientRect();
    go(Math.min(whole, Math.max(0, ((e.clientX - box.left) / box.width) * whole)));
  };
  const onKeyDown = (e: KeyboardEvent) => {
    const to = seek(e.key, at, whole);
    if (to === null) return;
    e.preventDefault();
    go(to);
  };
  return (
    <div class="wave">
      <div class="wave-names" aria-hidden="true">
        {lanes.map((lane, i) => (
          <span key={lane.part + i}>{partOf(lane.part)}</span>
        ))}
      </div>
      <div
        class="wave-picture"
        role="slider"
        tabIndex={0}
        data-testid="wave"
        aria-label={t('placeInRecording')}
        aria-valuemin={0}
        aria-valuemax={Math.round(whole)}
        aria-valuenow={Math.round(at)}
        aria-valuetext={t('placeOf', { at: duration(at), whole: duration(whole) })}
        onPointerDown={onPointer}
        onPointerMove={onPointer}
        onKeyDown={onKeyDown}
      >
        <svg viewBox={`0 0 ${wave.width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
          {lanes.map((lane, i) => (
            <g key={lane.part + i} class={`line-${i}`} transform={`translate(0 ${i * wave.lane})`}>
              <path class="wave-shape" d={outline(lane, whole)} />
            </g>
          ))}
          {marks.map((mark) => (
            <rect
              key={`${mark.cause}${mark.from}${mark.part}`}
              class={`wave-mark mark-${mark.cause}`}
              x={x(mark.from)}
              y={0}
              width={Math.max(2, x(mark.to) - x(mark.from))}
              height={height}
            >
              <title>{causeOf(mark.cause)}</title>
            </rect>
          ))}
          <line class="wave-at" x1={x(at)} x2={x(at)} y1={0} y2={height} />
        </svg>
      </div>
    </div>
  );
}
