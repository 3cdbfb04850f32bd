import { expect, test } from 'vitest';
import { backoff } from './backoff';
import { adjustOffset, elapsed, fractionLeft, instant, remaining } from './clock';

test('the offset takes the fastest message, and follows a clock that was set', () => {
  expect(adjustOffset(null, 5000, 1000)).toBe(4000);
  expect(adjustOffset(4000, 6000, 2500)).toBe(4000); // came late
  expect(adjustOffset(4000, 6000, 1900)).toBe(4100); // came faster
  expect(adjustOffset(4000, 3_600_000, 0)).toBe(3_600_000);
  expect(adjustOffset(4000, 0, 3_600_000)).toBe(-3_600_000);
});

test('counting up starts at 0 and is never negative', () => {
  expect(elapsed(1000, 1000)).toBe(0);
  expect(elapsed(1000, 1999)).toBe(0);
  expect(elapsed(1000, 2000)).toBe(1);
  expect(elapsed(1000, 0)).toBe(0);
});

test('counting down shows 0 only at the end', () => {
  expect(remaining(30_000, 0)).toBe(30);
  expect(remaining(30_000, 29_999)).toBe(1);
  expect(remaining(30_000, 30_000)).toBe(0);
  expect(remaining(30_000, 40_000)).toBe(0);
});

test('the ring empties, and is full again after an extension at the most', () => {
  expect(fractionLeft(0, 30_000, 0)).toBe(1);
  expect(fractionLeft(0, 30_000, 15_000)).toBe(0.5);
  expect(fractionLeft(0, 30_000, 31_000)).toBe(0);
  expect(fractionLeft(0, 30_000, -5)).toBe(1);
  expect(fractionLeft(10, 10, 5)).toBe(0);
});

test('times that are none are 0', () => {
  expect(instant('1970-01-01T00:00:01Z')).toBe(1000);
  expect(instant(null)).toBe(0);
  expect(instant('soon')).toBe(0);
});

test('back-off grows to 10 s and spreads by half', () => {
  expect([0, 1, 2, 3].map((n) => backoff(n, 0.999999))).toEqual([250, 500, 1000, 2000]);
  expect(backoff(50, 0.999999)).toBe(10_000);
  expect(backoff(50, 0)).toBe(5000);
});
