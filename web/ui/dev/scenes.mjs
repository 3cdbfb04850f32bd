import { dialling } from './out.mjs';
import { both } from './talk.mjs';

// DeskViews of the states that an agent's day goes through.
const ago = (seconds) => new Date(Date.now() - seconds * 1000).toISOString();
const ahead = (seconds) => ago(-seconds);

const queues = (waiting) => [
  { name: 'Sales', waiting: 0, longest: null },
  { name: 'Support', waiting, longest: waiting ? ago(80) : null },
  { name: 'Support Deutsch', waiting: 1, longest: ago(12) },
];

const base = (status, activity, since) => ({
  agent: { user: 'ben', name: 'Ben Carter', status, activity, since: ago(since), phone: true },
  queues: queues(3),
  call: null,
  wrapUp: null,
  notice: '',
});

const call = (state, since, more) => ({
  id: '019351f0-0000-7000-8000-000000000001',
  state,
  since: ago(since),
  queue: 'Support',
  kind: 'normal',
  number: '+819012345678',
  name: 'Aiko Yamada',
  entry: '+81345678900',
  waited: 48,
  ringUntil: null,
  recording: false,
  paused: false,
  parties: state === 'talking' ? both() : [],
  endReason: '',
  timeline: [
    { at: ago(since + 62), kind: 'call-began', agent: '', queue: '', detail: '' },
    { at: ago(since + 61), kind: 'call-answered', agent: '', queue: '', detail: '' },
    { at: ago(since + 60), kind: 'greeting', agent: '', queue: '', detail: 'Welcome to Example Travel' },
    { at: ago(since + 54), kind: 'queued', agent: '', queue: 'Support', detail: 'position 2' },
    { at: ago(since + 30), kind: 'offered', agent: 'Chiara', queue: 'Support', detail: '' },
    { at: ago(since + 8), kind: 'missed', agent: 'Chiara', queue: 'Support', detail: '' },
    { at: ago(since + 7), kind: 'offered', agent: 'ben', queue: 'Support', detail: '' },
  ],
  ...more,
});

const answered = (since) => [
  ...call('talking', since).timeline,
  { at: ago(since), kind: 'agent-answered', agent: 'ben', queue: 'Support', detail: '' },
  { at: ago(since), kind: 'recording-began', agent: '', queue: '', detail: '' },
];

const wrapUp = (since) => ({
  call: '019351f0-0000-7000-8000-000000000001',
  began: ago(since),
  until: ahead(30 - since),
  extend: true,
  dispositions: ['Solved', 'Call back', 'Wrong number'],
  required: true,
});

export const scenes = {
  offline: () => base('offline', 'idle', 5),
  idle: () => base('available', 'idle', 760),
  noticed: () => ({ ...base('away', 'idle', 20), notice: 'You missed two calls in a row, so you are away now.' }),
  ringing: () => ({
    ...base('available', 'ringing', 7),
    queues: queues(2),
    call: call('ringing', 7, { ringUntil: ahead(23) }),
  }),
  withheld: () => ({
    ...base('available', 'ringing', 3),
    call: call('ringing', 3, { ringUntil: ahead(27), name: '', number: '', kind: 'transferred' }),
  }),
  talking: () => ({
    ...base('available', 'talking', 192),
    call: call('talking', 192, { recording: true, timeline: answered(192) }),
  }),
  dialling: () => ({
    ...base('available', 'talking', 4),
    call: dialling(call('talking', 4), 4),
  }),
  busy: () => ({
    ...base('available', 'wrap-up', 2),
    call: {
      ...dialling(call('ended', 2), 6),
      parties: [],
      endReason: 'busy',
    },
    wrapUp: wrapUp(2),
  }),
  wrapUp: () => ({
    ...base('available', 'wrap-up', 8),
    call: call('ended', 8, {
      endReason: 'caller-hung-up',
      timeline: [
        ...answered(200),
        { at: ago(8), kind: 'call-ended', agent: '', queue: '', detail: 'caller-hung-up' },
        { at: ago(8), kind: 'wrap-up-began', agent: 'ben', queue: '', detail: '' },
      ],
    }),
    wrapUp: wrapUp(8),
  }),
};
