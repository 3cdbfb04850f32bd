// What the page of recordings shows in pictures and tests: a call of two stretches, and others.
const ago = (seconds) => new Date(Date.now() - seconds * 1000).toISOString();
const second = 1e9;

const file = (id, segment, part, more) => ({
  id,
  conversation: 'c',
  call: 'call-1',
  segment,
  leg: part,
  part,
  queue: 'Support',
  agent: 'ben',
  number: '+819012345678',
  name: 'Aiko Yamada',
  entry: '+81345678900',
  direction: 'inbound',
  disposition: 'Solved',
  began: ago(7200),
  seconds: 183,
  bytes: 2_900_000,
  format: 'wav',
  sha256: '',
  gaps: [],
  marks: [],
  repaired: false,
  held: null,
  heldBy: '',
  heldWhy: '',
  ...more,
});

export function recordings(asked) {
  const pause = [{ channel: 0, from: 60 * second, to: 75 * second, cause: 'pause' }];
  const all = [
    file('r1', 's2', 'customer', {
      gaps: [...pause, { channel: 0, from: 120 * second, to: 124 * second, cause: 'no-media' }],
    }),
    file('r2', 's2', 'agent', {
      gaps: pause,
      marks: [{ at: 0.2 * second, kind: 'transferred', detail: 'chen' }],
      held: ago(600),
      heldBy: 'dana',
      heldWhy: 'a complaint',
    }),
    file('r3', 's1', 'customer', {
      agent: 'chen',
      marks: [{ at: 289 * second, kind: 'transfer', detail: 'ben' }],
      began: ago(7500),
      seconds: 290,
    }),
    file('r4', 's1', 'agent', { agent: 'chen', began: ago(7500), seconds: 290 }),
    file('r5', 's9', 'voicemail', { call: 'call-2', agent: '', number: '', name: '', seconds: 12, repaired: true }),
  ];
  const call = asked.get('call');
  return { recordings: all.filter((one) => !call || one.call === call), more: !call };
}

export function wave() {
  const peaks = (speaks) =>
    Array.from({ length: 600 }, (_, i) => (speaks(Math.floor(i / 40)) ? 25 + ((i * 37) % 60) : (i * 7) % 4));
  const lane = (part, speaks) => ({ part, from: 0, seconds: 183, peaks: peaks(speaks) });
  return { lanes: [lane('customer', (n) => n % 3 === 0), lane('agent', (n) => n % 3 === 1)] };
}
