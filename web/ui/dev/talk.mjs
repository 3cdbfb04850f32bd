// What agents do within a call, and what the view becomes by it: enough of routing to see every state of the panel.
const now = () => new Date().toISOString();
const silent = { state: 'held', hears: [] };

const party = (leg, role, more) => ({
  leg,
  role,
  state: 'talking',
  user: '',
  name: '',
  number: '',
  muted: false,
  line: 'good',
  hears: [],
  ...more,
});

/** The caller and the agent. */
export const both = () => [
  party('k', 'customer', { name: 'Aiko Yamada', number: '+819012345678', hears: ['b'] }),
  party('b', 'agent', { user: 'ben', name: 'Ben Carter', hears: ['k'] }),
];

const target = (user, name, status, activity) => {
  const free = status === 'available' && activity === 'idle';
  return { user, name, status, activity, since: now(), free };
};

export const targets = () => ({
  agents: [
    target('chiara', 'Chiara Rossi', 'available', 'idle'),
    target('dana', 'Dana Kim', 'available', 'idle'),
    target('emre', 'Emre Yıldız', 'available', 'talking'),
    target('mai', 'Mai Tanaka', 'away', 'idle'),
  ],
  queues: [
    { name: 'Sales', waiting: 0, longest: null, messages: 0, open: true },
    { name: 'Support Deutsch', waiting: 1, longest: now(), messages: 0, open: false },
  ],
  anyNumber: true,
});

const nameOf = (to) => targets().agents.find((a) => a.user === to.user)?.name ?? to.queue ?? '';
const find = (view, role) => view.call.parties.find((p) => p.role === role);
const hold = (view, away) => {
  for (const p of view.call.parties)
    if (p.role === 'customer' || p.role === 'guest') Object.assign(p, away ? silent : { state: 'talking' });
};

// All who talk hear each other.
function mix(view) {
  const talk = view.call.parties.filter((p) => p.state === 'talking');
  for (const p of talk) p.hears = talk.filter((other) => other !== p && !other.muted).map((other) => other.leg);
  const state = find(view, 'customer').state === 'held' ? 'held' : 'talking';
  if (view.call.state !== state) Object.assign(view.call, { state, since: now() });
}

const call = (view, role, to) =>
  view.call.parties.push(
    party(`x${view.call.parties.length}`, role, {
      state: 'ringing',
      user: to.user ?? '',
      name: nameOf(to),
      number: to.number ?? '',
    }),
  );
const answer = (view) => {
  for (const p of view.call.parties) if (p.state === 'ringing') p.state = 'talking';
};

const acts = {
  mute: (view, { on }) => Object.assign(find(view, 'agent'), { muted: on }),
  hold: (view) => hold(view, true),
  resume: (view) => hold(view, false),
  'recording/pause': (view) => Object.assign(view.call, { paused: true }),
  'recording/resume': (view) => Object.assign(view.call, { paused: false }),
  digits: () => undefined,
  consult: (view, to) => {
    hold(view, true);
    call(view, 'consulted', to);
  },
  party: (view, to) => call(view, 'guest', to),
  switch: (view) => {
    const away = find(view, 'customer').state !== 'held';
    hold(view, away);
    Object.assign(find(view, 'consulted'), away ? { state: 'talking' } : silent);
  },
  back: (view) => {
    view.call.parties = view.call.parties.filter((p) => p.role !== 'consulted');
    hold(view, false);
  },
  merge: (view) => {
    Object.assign(find(view, 'consulted'), { role: 'guest', state: 'talking' });
    hold(view, false);
  },
};

/** The view after a request within the call, and a later one if somebody was called; null: it was none. */
export function within(view, key, body) {
  const [, verb, path] = /^(\w+) \/api\/me\/(.+)$/.exec(key) ?? [];
  if (verb === 'DELETE') view.call.parties = view.call.parties.filter((p) => `party/${p.leg}` !== path);
  else if (acts[path]) acts[path](view, body);
  else return null;
  mix(view);
  if (path !== 'consult' && path !== 'party') return [view];
  const later = structuredClone(view);
  answer(later);
  mix(later);
  return [view, later];
}
