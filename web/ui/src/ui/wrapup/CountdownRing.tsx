const radius = 24;
const around = 2 * Math.PI * radius;

/** A ring that empties, with the seconds in it. */
export function CountdownRing({ fraction, seconds }: { fraction: number; seconds: number | null }) {
  return (
    <div class="ring">
      <svg width="60" height="60" viewBox="0 0 60 60" aria-hidden="true" focusable="false">
        <circle cx="30" cy="30" r={radius} class="ring-track" />
        <circle
          cx="30"
          cy="30"
          r={radius}
          class="ring-left"
          stroke-dasharray={around.toFixed(1)}
          stroke-dashoffset={(around * (1 - fraction)).toFixed(1)}
          transform="rotate(-90 30 30)"
        />
      </svg>
      <span class="ring-seconds">{seconds ?? ''}</span>
    </div>
  );
}
