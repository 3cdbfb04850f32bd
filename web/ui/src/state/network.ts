/** What a test of the network has found; times in ms. */
export interface Network {
  readonly trip: number;
  readonly jitter: number;
  readonly lost: number; // requests without an answer
  readonly verdict: 'good' | 'weak' | 'bad';
}

/** Judges the times of some requests to the server; null: no answer. A good line has less than 150 ms one way. */
export function judge(times: readonly (number | null)[]): Network {
  const known = times.filter((ms): ms is number => ms !== null).sort((a, b) => a - b);
  const lost = times.length - known.length;
  const trip = known[Math.floor(known.length / 2)] ?? 0;
  const jitter = known.reduce((sum, ms) => sum + Math.abs(ms - trip), 0) / Math.max(known.length, 1);
  const bad = known.length === 0 || lost > 1 || trip > 600 || jitter > 150;
  const weak = lost > 0 || trip > 300 || jitter > 60;
  return { trip, jitter, lost, verdict: bad ? 'bad' : weak ? 'weak' : 'good' };
}
