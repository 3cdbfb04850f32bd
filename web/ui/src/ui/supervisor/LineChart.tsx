import { chart, type Line, labelled, path, point, roof } from '../../state/chart';

const ticks = 4;
const mostLabels = 8;

/** Lines over the intervals of a time. The table below it says the same. */
export function LineChart(props: {
  lines: Line[];
  label: string;
  places: string[];
  write: (value: number) => string;
  top?: number;
}) {
  const { lines, label, places, write } = props;
  const highest = Math.max(0, ...lines.flatMap((line) => line.values.map((v) => v ?? 0)));
  const top = props.top ?? roof(highest);
  return (
    <figure class="chart">
      <svg viewBox={`0 0 ${chart.width} ${chart.height}`} role="img" aria-label={label}>
        {Array.from({ length: ticks + 1 }, (_, i) => (top * i) / ticks).map((value) => {
          const [, y] = point(0, 2, value, top);
          return (
            <g key={value}>
              <line class="chart-grid" x1={chart.left} x2={chart.width - chart.right} y1={y} y2={y} />
              <text x={chart.left - 8} y={y + 4} text-anchor="end">
                {write(value)}
              </text>
            </g>
          );
        })}
        {labelled(places.length, mostLabels).map((at) => (
          <text key={at} x={point(at, places.length, 0, top)[0]} y={chart.height - 8} text-anchor="middle">
            {places[at]}
          </text>
        ))}
        {lines.map((line, n) => (
          <g key={line.name} class={`chart-line line-${n}`}>
            <path d={path(line, top)} />
            {line.values.map((value, at) => {
              if (value === null || places.length > 50) return null;
              const [x, y] = point(at, places.length, value, top);
              return <circle key={places[at]} cx={x} cy={y} r={3} />;
            })}
          </g>
        ))}
      </svg>
      <figcaption>
        {lines.map((line, n) => (
          <span key={line.name} class={`chart-key line-${n}`}>
            <svg viewBox="0 0 24 4" aria-hidden="true">
              <path d="M0 2H24" />
            </svg>
            {line.name}
          </span>
        ))}
      </figcaption>
    </figure>
  );
}
