// What the fake server knows of calling out: the directory, conversations and what became of a call.
const ago = (seconds) => new Date(Date.now() - seconds * 1000).toISOString();

const people = [
  { id: 'file-1', name: 'Hana Mori', numbers: ['+819011112222'], email: 'hana@example.com', tags: [], by: '' },
  {
    id: 'file-2',
    name: 'Plumber Okada',
    numbers: ['+81322223333', '+819022223333'],
    email: '',
    tags: ['external_number'],
    by: '',
  },
  {
    id: 'p3',
    name: 'Moritz Adler',
    numbers: ['+493022223333'],
    email: '',
    tags: ['external_number', 'partner'],
    by: 'ben',
  },
];

export const conversation = {
  id: 'v1',
  number: '+819012345678',
  name: 'Aiko Yamada',
  queue: 'Support',
  agent: 'ben',
  status: 'open',
  priority: 5,
  tags: ['invoice', 'vip'],
  notes: 'Invoice 4711 resent.',
  opened: ago(90_000),
  changed: ago(600),
};

const past = ['resolved', 'follow-up', '', 'resolved', 'wrong number'].map((disposition, i) => ({
  call: `past-${i}`,
  conversation: `v${i}`,
  at: ago(90_000 * (i + 1)),
  direction: i % 2 ? 'outbound' : 'inbound',
  queue: 'Support',
  agent: i === 2 ? '' : 'Chiara',
  disposition,
  talked: i === 2 ? 0 : 83 * (i + 1),
  endReason: i === 2 ? 'no-answer' : 'caller-hung-up',
  status: i === 0 ? 'open' : 'closed',
  tags: i === 0 ? ['invoice'] : [],
  notes: i === 0 ? 'Asked for invoice 4711 again.\nSent by e-mail.' : '',
}));

function look(number) {
  const digits = number.replace(/[^\d+]/g, '');
  const found = people.find((p) => p.numbers.some((n) => n.endsWith(digits.replace(/^0/, ''))));
  const foreign = digits.startsWith('+') && !digits.startsWith('+81');
  return {
    number: digits.startsWith('0') ? `+81${digits.slice(1)}` : digits,
    name: found?.name ?? '',
    country: 'JP',
    emergency: digits === '119',
    refused: foreign
      ? 'Numbers of this country may not be called.'
      : digits.length < 9 && digits !== '119'
        ? 'The number is too short.'
        : '',
    conversation: found
      ? { id: 'v9', queue: 'Sales', agent: '', status: 'open', opened: ago(200_000), notes: '' }
      : null,
    queues: [
      { queue: 'Support', numbers: ['+81312345678', '+81312345679'] },
      { queue: 'Sales', numbers: ['+81312345679'] },
    ],
  };
}

const callbacks = [
  {
    id: 'b1',
    type: 'manual',
    state: 'in-queue',
    queue: 'Support',
    number: '+819055556666',
    name: 'Ken Ito',
    since: ago(4000),
    due: ago(4000),
    owner: '',
    by: '',
    agent: '',
    attempts: 1,
  },
  {
    id: 'b2',
    type: 'automatic',
    state: 'no-answer',
    queue: 'Sales',
    number: '+819077778888',
    name: '',
    since: ago(9000),
    due: ago(-900),
    owner: 'ben',
    by: 'ben',
    agent: '',
    attempts: 2,
  },
];

/** The answer to a request about calling out; undefined: it is about something else. */
export function outward(key, url) {
  const query = new URL(url, 'http://x').searchParams;
  const text = (query.get('find') ?? '').toLowerCase();
  switch (key) {
    case 'GET /api/me/call':
      return look(query.get('number') ?? '');
    case 'GET /api/directory':
      return {
        contacts: people.filter(
          (p) =>
            (p.name.toLowerCase().includes(text) ||
              p.numbers.some((n) => n.includes(text.replace(/^0|\D/g, '') || '-'))) &&
            (query.get('external') !== 'true' || p.tags.includes('external_number')),
        ),
      };
    case 'GET /api/me/customer':
      return { contact: null, conversation, past };
    case 'GET /api/conversations':
      return {
        conversations: [
          conversation,
          { ...conversation, id: 'v2', name: '', agent: '', priority: 0, tags: [], status: 'waiting' },
        ],
      };
    case 'PUT /api/conversations/v1':
      return conversation;
    case 'GET /api/callbacks':
      return { callbacks };
    default:
      return undefined;
  }
}

/** An agent's call while it is being made; early: the network is heard. */
export function dialling(call, since) {
  const self = {
    leg: 'a',
    role: 'agent',
    state: 'talking',
    user: 'ben',
    name: 'Ben Carter',
    number: '',
    muted: false,
    hears: [],
  };
  const customer = {
    leg: 'c',
    role: 'customer',
    state: 'ringing',
    user: '',
    name: 'Hana Mori',
    number: '+819011112222',
    muted: false,
    hears: [],
  };
  return {
    ...call,
    kind: 'outbound',
    number: '+819011112222',
    name: 'Hana Mori',
    waited: 0,
    parties: [customer, self],
    timeline: [
      { at: ago(since), kind: 'agent-answered', agent: 'ben', queue: 'Support', detail: '' },
      { at: ago(since), kind: 'call-out', agent: 'ben', queue: 'Support', detail: '+819011112222, shown +81312345678' },
      { at: ago(since - 1), kind: 'call-out-rings', agent: 'ben', queue: 'Support', detail: '' },
    ],
  };
}

/** Walks through calling out: a name, a number that may not be called, one that has a conversation, the call, and nobody there. */
export async function calls(page, fake, each) {
  fake.scene('idle');
  await page.setViewportSize({ width: 1280, height: 800 });
  const field = page.getByTestId('dial-number');
  await field.fill('mori');
  await page.getByTestId('dial-found').first().waitFor();
  await each('dial-name');
  await field.fill('+44 20 7183 8750');
  await page.getByTestId('dial-why').filter({ hasText: 'country' }).waitFor();
  await each('dial-refused');
  await field.fill('090 1111 2222');
  await page.getByTestId('dial-conversation').waitFor();
  await each('dial-number');
  fake.scene('dialling');
  await page.getByTestId('call-queue').waitFor();
  await each('dialling');
  fake.scene('busy');
  await page.getByTestId('call-message').filter({ hasText: /\S/ }).waitFor();
  await each('dial-busy');
  fake.scene('idle');
}
