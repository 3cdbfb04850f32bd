import type { Health, Target, Trunk } from '../api/trunks';

const order: readonly Health[] = ['down', 'degraded', 'unknown', 'up'];

/** What needs somebody first, then by name. */
export function byNeed(trunks: readonly Trunk[]): Trunk[] {
  return [...trunks].sort((a, b) => order.indexOf(a.health) - order.indexOf(b.health) || a.name.localeCompare(b.name));
}

export type Advice = 'login' | 'registration' | 'servers' | 'server' | 'failures' | null;

const enough = 10; // attempts, before a share of them says something
const tooMany = 0.2;

/** What is wrong with a trunk, so that the page can say what to do; null: nothing. */
export function advice(t: Trunk): Advice {
  const down = t.targets.filter((target) => target.health === 'down').length;
  if (t.registration?.state === 'refused') return 'login';
  if (down > 0 && down === t.targets.length) return 'servers';
  if (t.registration?.state === 'failed' || t.registration?.state === 'not-registered') return 'registration';
  if (down > 0) return 'server';
  return t.attempts >= enough && t.failures / t.attempts > tooMany ? 'failures' : null;
}

/** What the trunk's servers or registrar said last; empty: nothing. */
export function lastError(t: Trunk): string {
  if (t.registration?.error) return t.registration.error;
  const failing = t.targets.find((target: Target) => target.health === 'down' && target.error);
  return failing?.error ?? '';
}

/** 0.523 → "52 %"; a dash without attempts. */
export function percent(share: number, of: number): string {
  return of > 0 ? `${Math.round(share * 100)} %` : '–';
}

/** 1.84 → "1.8 s"; a dash where nothing was measured. */
export function seconds(value: number): string {
  return value > 0 ? `${value.toFixed(value < 0.1 ? 3 : 1)} s` : '–';
}
