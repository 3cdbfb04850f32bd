import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');
const [lightCss = '', darkCss = ''] = css.split('@media (prefers-color-scheme: dark)');
const light = colours(lightCss);
const dark = { ...light, ...colours(darkCss) };

function colours(text: string): Record<string, string> {
  return Object.fromEntries([...text.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6});/g)].map((m) => [m[1], m[2]]));
}

/** Relative luminance and contrast as WCAG 2.2 defines them. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const c = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

const meanings = ['available', 'busy', 'away', 'offline', 'ringing', 'talking', 'held', 'wrap-up', 'danger'];
const grounds = ['canvas', 'surface', 'raised'];
const pairs: [string, string][] = [
  ...['ink', 'ink-2', 'ink-3'].flatMap((ink) => [...grounds, 'sunken', 'hover'].map((g): [string, string] => [ink, g])),
  ...meanings.flatMap((m) => [...grounds, `${m}-soft`].map((g): [string, string] => [m, g])),
  ...meanings.map((m): [string, string] => ['ink-2', `${m}-soft`]),
  ...['ringing', 'talking', 'away', 'wrap-up'].map((m): [string, string] => ['danger', `${m}-soft`]),
  ['accent-ink', 'accent'],
  ['accent', 'accent-soft'],
  ['solid-ink', 'answer'],
  ['solid-ink', 'answer-hover'],
  ['solid-ink', 'end'],
  ['solid-ink', 'end-hover'],
];

test.each([
  ['light', light],
  ['dark', dark],
])('text is readable: %s', (_, theme) => {
  const poor = pairs
    .map(([text, ground]) => ({ text, ground, is: contrast(theme[text] ?? '#000000', theme[ground] ?? '#000000') }))
    .filter((p) => p.is < 4.5);
  expect(poor).toEqual([]);
});

test.each([
  ['light', light],
  ['dark', dark],
])('the edges of controls can be seen: %s', (_, theme) => {
  for (const ground of grounds) {
    expect(contrast(theme['control-line'] ?? '', theme[ground] ?? ''), ground).toBeGreaterThanOrEqual(3);
  }
});
