import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { OverseeApi } from '../api/oversee';
import { Refusal } from '../api/refusal';
import { Overseeing } from './overseeing';

beforeEach(() => {
  const stream = { getTracks: () => [] };
  vi.stubGlobal('navigator', { mediaDevices: { getUserMedia: async () => stream } });
  vi.stubGlobal('localStorage', { getItem: () => null });
});
afterEach(() => vi.unstubAllGlobals());

function made(part: Partial<OverseeApi>) {
  const words = (error: unknown) => (error instanceof Error ? error.message : '');
  return new Overseeing({ wordsFor: words, hangup: () => true }, part as OverseeApi);
}

test('a call that was asked for is answered by itself, once', async () => {
  const asked = vi.fn(async () => undefined);
  const o = made({ supervise: asked });
  expect(o.expects('c1')).toBe(false);
  await o.supervise('c1', 'listen');
  expect(asked).toHaveBeenCalledWith('c1', 'listen');
  expect(o.expects('other')).toBe(false);
  expect(o.expects('c1')).toBe(true);
  expect(o.expects('c1')).toBe(false);
});

test('two clicks at once are one wish', async () => {
  let done: () => void = () => undefined;
  const asked = vi.fn(
    () =>
      new Promise<void>((ok) => {
        done = ok;
      }),
  );
  const o = made({ logOut: asked });
  const first = o.logOut('ben');
  await o.logOut('ben');
  expect(asked).toHaveBeenCalledTimes(1);
  done();
  await first;
  expect(o.busy.value.size).toBe(0);
});

test('what is refused says why, beside its row, until something is done there', async () => {
  let refuse = true;
  const o = made({
    move: async () => {
      if (refuse) throw new Refusal(409, 'The call has an agent already.');
    },
    leave: async () => undefined,
  });
  await o.move('c1', 'sales');
  expect(o.refusals.value).toEqual({ c1: 'The call has an agent already.' });
  refuse = false;
  await o.leave('c2');
  expect(o.refusals.value.c1).toBeDefined();
  await o.move('c1', 'sales');
  expect(o.refusals.value).toEqual({});
});

test('a refused wish to listen expects no call', async () => {
  const o = made({ supervise: () => Promise.reject(new Refusal(409, 'no')) });
  await o.supervise('c1', 'whisper');
  expect(o.expects('c1')).toBe(false);
});
