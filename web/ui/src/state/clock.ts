const jump = 2_000;

/**
 * The difference between the server's clock and ours, in ms, from a message that says `server` and came at `local`. A message is
 * late, never early, so the largest difference is the best; a bigger change means that a clock was set, and is taken.
 */
export function adjustOffset(known: number | null, server: number, local: number): number {
  const seen = server - local;
  if (known === null || Math.abs(seen - known) > jump) return seen;
  return Math.max(known, seen);
}

/** Seconds, whole, from one moment to another, never negative: what counts up. */
export function elapsed(since: number, now: number): number {
  return Math.max(0, Math.floor((now - since) / 1000));
}

/** Seconds left, rounded up, so that 0 is shown only when it is over. */
export function remaining(until: number, now: number): number {
  return Math.max(0, Math.ceil((until - now) / 1000));
}

/** The part of a time that is left, from 1 down to 0. */
export function fractionLeft(began: number, until: number, now: number): number {
  if (until <= began) return 0;
  return Math.min(1, Math.max(0, (until - now) / (until - began)));
}

/** An RFC 3339 time in ms; 0 if it is none. */
export function instant(time: string | null | undefined): number {
  const ms = time ? Date.parse(time) : Number.NaN;
  return Number.isNaN(ms) ? 0 : ms;
}
