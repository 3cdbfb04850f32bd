import { judge, type Network } from '../state/network';
import { deskApi } from './desk';

const times = 10;
const limit = 2_000; // ms for one request

/** Measures the way to the server by some small requests, one after the other. */
export async function testNetwork(): Promise<Network> {
  const taken: (number | null)[] = [];
  await deskApi.me(limit).catch(() => undefined); // the first one may have to connect
  for (let i = 0; i < times; i += 1) {
    const began = performance.now();
    const answered = await deskApi.me(limit).then(
      () => true,
      () => false,
    );
    taken.push(answered ? performance.now() - began : null);
  }
  return judge(taken);
}
