import type { Lane, Recording } from '../api/recordings';

/** A stretch of a call with the same parties: what one listens to. It has a file for each leg, one of all, or both. */
export interface Stretch {
  id: string;
  /** What the whole is asked for by. */
  first: Recording;
  /** Each leg's own file, the customer's first. */
  legs: Recording[];
  files: Recording[];
  began: string;
  seconds: number;
  held: Recording | null;
}

const merged = 'merged';

/** Files by stretch, in the order in which they came. */
export function stretches(all: readonly Recording[]): Stretch[] {
  const groups = new Map<string, Recording[]>();
  for (const file of all) {
    const id = file.segment || file.id;
    groups.set(id, [...(groups.get(id) ?? []), file]);
  }
  return [...groups].map(([id, files]) => stretchOf(id, files));
}

function stretchOf(id: string, files: Recording[]): Stretch {
  const rank = (file: Recording) => (file.part === 'customer' ? 0 : 1);
  const legs = files.filter((file) => file.part !== merged).sort((a, b) => rank(a) - rank(b));
  const first = legs[0] ?? (files[0] as Recording);
  const began = files.map((file) => file.began).reduce((a, b) => (moment(a) <= moment(b) ? a : b));
  const end = Math.max(...files.map((file) => moment(file.began) + file.seconds));
  return { id, first, legs, files, began, seconds: end - moment(began), held: files.find((file) => file.held) ?? null };
}

/** Seconds since 1970. */
function moment(time: string): number {
  return new Date(time).getTime() / 1000;
}

/** A place in a recording that is not like the others: nothing was recorded there, on purpose or not, or something happened there. */
export interface Mark {
  /** Seconds since the stretch began. */
  from: number;
  to: number;
  cause: string;
  /** Whose side it is on; empty: all. */
  part: string;
  detail: string;
}

const nanosecond = 1e-9;

/** The marks of a stretch in the order of time. What holds for every leg at the same time, as a pause does, is one mark. */
export function marks(of: Stretch): Mark[] {
  const files = of.legs.length ? of.legs : of.files;
  const found = new Map<string, Mark & { legs: Set<string> }>();
  const sides = new Set(files.map((file) => file.id));
  for (const file of files) {
    const late = moment(file.began) - moment(of.began);
    const happened = file.marks.map((mark) => ({ from: mark.at, to: mark.at, cause: mark.kind, detail: mark.detail }));
    for (const { from: begin, to: end, cause, detail } of [
      ...file.gaps.map((gap) => ({ ...gap, detail: '' })),
      ...happened,
    ]) {
      const from = late + begin * nanosecond;
      const to = late + end * nanosecond;
      const key = `${cause} ${from.toFixed(1)} ${to.toFixed(1)}`;
      const known = found.get(key) ?? { from, to, cause, part: file.part, detail, legs: new Set() };
      known.legs.add(file.id);
      found.set(key, known);
    }
  }
  return [...found.values()]
    .map(({ legs, part, ...mark }) => ({ ...mark, part: part === merged || legs.size === sides.size ? '' : part }))
    .sort((a, b) => a.from - b.from);
}

export const wave = { width: 600, lane: 80 } as const;

/** The outline of a lane as an SVG path, in a drawing that is wave.width wide and as long as the whole. */
export function outline(lane: Lane, whole: number): string {
  const middle = wave.lane / 2;
  const x = (i: number) =>
    round(((lane.from + (lane.seconds * i) / lane.peaks.length) / Math.max(whole, 0.001)) * wave.width);
  const y = (peak: number, sign: number) => round(middle + (sign * Math.max(peak, 1) * (middle - 2)) / 100);
  const up = lane.peaks.map((peak, i) => `${x(i)} ${y(peak, -1)}`);
  const down = lane.peaks.map((peak, i) => `${x(i)} ${y(peak, 1)}`).reverse();
  return up.length ? `M${[...up, ...down].join('L')}Z` : '';
}

function round(n: number): number {
  return Math.round(n * 10) / 10;
}

/** Where a key leads to from a place in a recording, in seconds; null: the key means nothing. */
export function seek(key: string, at: number, whole: number): number | null {
  const steps: Record<string, number> = { ArrowLeft: -5, ArrowRight: 5, PageDown: -30, PageUp: 30 };
  if (key === 'Home') return 0;
  if (key === 'End') return whole;
  const step = steps[key];
  return step === undefined ? null : Math.min(whole, Math.max(0, at + step));
}
