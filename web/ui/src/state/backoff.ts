const first = 250;
const longest = 10_000;

/** Milliseconds to wait before try n (0 is the first again after a loss). random is in [0, 1) and spreads the crowd. */
export function backoff(n: number, random: number): number {
  const full = Math.min(longest, first * 2 ** Math.min(n, 16));
  return Math.round(full / 2 + (full / 2) * random);
}
