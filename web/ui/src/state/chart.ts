export interface Line {
  name: string;
  /** null: nothing to show at this place. */
  values: (number | null)[];
}

export const chart = { width: 960, height: 280, left: 56, right: 16, top: 12, bottom: 28 };

/** The top of an axis: the next of 1, 2, 5, 10, 20 … that is not below. */
export function roof(highest: number): number {
  if (highest <= 0) return 1;
  const ten = 10 ** Math.floor(Math.log10(highest));
  return [1, 2, 5, 10].map((n) => n * ten).find((n) => n >= highest - 1e-9) ?? 10 * ten;
}

/** Where a value is drawn. Of a single place it is the middle. */
export function point(at: number, of: number, value: number, top: number): [number, number] {
  const wide = chart.width - chart.left - chart.right;
  const high = chart.height - chart.top - chart.bottom;
  const x = chart.left + (of > 1 ? (wide * at) / (of - 1) : wide / 2);
  return [round(x), round(chart.top + high * (1 - value / top))];
}

/** The path of a line; gaps where there is no value. */
export function path(line: Line, top: number): string {
  let pen = 'M';
  return line.values
    .flatMap((value, at) => {
      if (value === null) {
        pen = 'M';
        return [];
      }
      const [x, y] = point(at, line.values.length, value, top);
      const step = `${pen}${x} ${y}`;
      pen = 'L';
      return [step];
    })
    .join('');
}

/** Which places get a label under the axis: at most `most`, evenly. */
export function labelled(places: number, most: number): number[] {
  const step = Math.max(1, Math.ceil(places / most));
  return Array.from({ length: Math.ceil(places / step) }, (_, i) => i * step);
}

function round(n: number): number {
  return Math.round(n * 10) / 10;
}
