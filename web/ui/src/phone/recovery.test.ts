import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Recovery, type Way } from './recovery';

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
});
afterEach(() => vi.useRealTimers());

function ways(part: Partial<Way> = {}) {
  const log: string[] = [];
  const step = (name: string) => async () => {
    log.push(name);
  };
  const way = { register: step('register'), restart: step('restart'), comeBack: step('come back'), ...part };
  return { log, way };
}

test('sound after the restart: nothing more is done', async () => {
  const { log, way } = ways();
  const r = new Recovery(way);
  r.begin();
  r.begin();
  await vi.advanceTimersByTimeAsync(300);
  r.flows();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(log).toEqual(['register', 'restart']);
});

test('no sound after the restart, or a refused one: another call', async () => {
  for (const restart of [undefined, () => Promise.reject(new Error('481'))]) {
    const { log, way } = ways(restart ? { restart } : {});
    const r = new Recovery(way);
    r.begin();
    await vi.advanceTimersByTimeAsync(800);
    expect(log.at(-1)).toBe('come back');
    r.flows();
  }
});

test('no server: it is tried until there is one, or until the call is over', async () => {
  let there = false;
  const { log, way } = ways({
    register: () => (there ? Promise.resolve() : new Promise(() => undefined)),
  });
  const r = new Recovery(way);
  r.begin();
  await vi.advanceTimersByTimeAsync(20_000);
  expect(log).toEqual([]);
  there = true;
  await vi.advanceTimersByTimeAsync(4_000);
  expect(log[0]).toBe('restart');
  r.stop();
  const n = log.length;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(log.length).toBe(n);
});

test('it can begin again after it has ended', async () => {
  const { log, way } = ways();
  const r = new Recovery(way);
  r.begin();
  await vi.advanceTimersByTimeAsync(100);
  r.flows();
  await vi.advanceTimersByTimeAsync(100);
  r.begin();
  await vi.advanceTimersByTimeAsync(100);
  expect(log.filter((s) => s === 'register')).toHaveLength(2);
});
