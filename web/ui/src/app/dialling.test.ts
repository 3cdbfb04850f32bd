import { afterEach, expect, test, vi } from 'vitest';
import { Dialling } from './dialling';

afterEach(() => vi.useRealTimers());

function given() {
  const answered: string[] = [];
  const failures: unknown[] = [];
  const dialling = new Dialling({ answer: (call) => answered.push(call), failed: (error) => failures.push(error) });
  return { dialling, answered, failures };
}

test('a call that was asked for is picked up once, whichever of its INVITE and its id comes first', async () => {
  vi.useFakeTimers();
  const { dialling, answered } = given();
  expect(dialling.expects('c1')).toBe(false);
  expect(await dialling.begin(async () => 'c1')).toBe(true);
  expect(answered).toEqual(['c1']);
  expect(dialling.expects('c2')).toBe(false);
  expect(dialling.expects('c1')).toBe(true);
  expect(dialling.expects('c1')).toBe(false);
});

test('it is forgotten when the phone does not ring for it', async () => {
  vi.useFakeTimers();
  const { dialling } = given();
  await dialling.begin(async () => 'c1');
  vi.advanceTimersByTime(20_000);
  expect(dialling.expects('c1')).toBe(false);
});

test('two clicks at once are one call, and a refusal is said', async () => {
  const { dialling, failures } = given();
  let asked = 0;
  const first = dialling.begin(async () => {
    asked += 1;
    throw new Error('no');
  });
  expect(dialling.busy.value).toBe(true);
  expect(await dialling.begin(async () => `c${++asked}`)).toBe(false);
  expect(await first).toBe(false);
  expect(asked).toBe(1);
  expect(failures).toHaveLength(1);
  expect(dialling.busy.value).toBe(false);
});
