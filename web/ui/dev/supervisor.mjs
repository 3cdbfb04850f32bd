// What supervisors' pages show in pictures and tests, and how to get to them.
import { signIn } from './browser.mjs';

export const watchPages = ['wallboard', 'reports', 'abandoned', 'recordings', 'audit'];

/** Opens a page as a supervisor, with its content there. */
export async function openPage(page, url, name) {
  await signInAgain(page, url, 'dana');
  await page.goto(`${url}/#${name}`);
  await page
    .getByTestId(
      {
        wallboard: 'tile',
        reports: 'report-table',
        abandoned: 'abandoned',
        recordings: 'recording',
        audit: 'audit-what',
      }[name],
    )
    .first()
    .waitFor();
  if (name !== 'recordings') return;
  await page.getByTestId('recording').first().click();
  await page.getByTestId('mark').first().waitFor();
}

/** Signs in as somebody else. */
export async function signInAgain(page, url, user) {
  await page.goto('about:blank');
  await page.context().clearCookies();
  await signIn(page, url, user);
}

const ago = (seconds) => new Date(Date.now() - seconds * 1000).toISOString();

const running = (id, state, since, queue) => ({
  id,
  state,
  began: ago(since),
  queue,
  agent: '',
  number: '+819012345678',
  name: '',
  parties: [],
});

export function wall() {
  const queue = (name, waiting, longest, agents, today) => ({
    name,
    waiting,
    longest: waiting ? ago(longest) : null,
    within: 20,
    agents,
    today,
  });
  const day = (answered, abandoned, serviceLevel, answerSpeed) => ({
    offered: answered + abandoned,
    answered,
    abandoned,
    serviceLevel,
    answerSpeed,
  });
  const agent = (user, name, state, since, queues, phone = true) => ({
    user,
    name,
    status: ['busy', 'away', 'offline'].includes(state) ? state : 'available',
    activity: ['ringing', 'talking', 'wrap-up'].includes(state) ? state : 'idle',
    state,
    since: ago(since),
    phone,
    queues,
  });
  return {
    type: 'wallboard',
    now: ago(0),
    calls: [
      { ...running('w1', 'wait', 80, 'Support'), number: '' },
      {
        ...running('t1', 'talk', 192, 'Support'),
        agent: 'aiko',
        parties: [
          {
            leg: 'a',
            role: 'customer',
            state: 'talking',
            user: '',
            name: '',
            number: '+819012345678',
            muted: false,
            line: 'good',
            hears: ['b'],
          },
          {
            leg: 'b',
            role: 'agent',
            state: 'talking',
            user: 'aiko',
            name: 'Aiko Sato',
            number: '',
            muted: false,
            line: 'good',
            hears: ['a'],
          },
          {
            leg: 's',
            role: 'supervisor',
            state: 'whisper',
            user: 'dana',
            name: 'Dana Kim',
            number: '',
            muted: false,
            line: 'good',
            hears: ['a', 'b'],
          },
        ],
      },
    ],
    queues: [
      queue('Sales', 0, 0, { available: 2, talking: 1 }, day(41, 2, 0.92, 11.4)),
      queue('Support', 3, 80, { talking: 3, ringing: 1, 'wrap-up': 1, away: 1, offline: 2 }, day(189, 14, 0.81, 16)),
      queue('Support Deutsch und alles andere', 1, 12, { available: 1 }, day(0, 0, null, null)),
      queue('Night', 0, 0, {}, null),
    ],
    agents: [
      agent('aiko', 'Aiko Sato', 'talking', 192, ['Sales', 'Support']),
      agent('ben', 'Ben Carter', 'available', 740, ['Sales']),
      agent('chen', 'Chen Li', 'wrap-up', 12, ['Support']),
      agent('dana', 'Dana Kim', 'away', 3723, ['Support'], false),
      agent('emi', 'Emi Mori', 'ringing', 4, ['Support']),
      agent('finn', 'Finn Berg', 'busy', 60, ['Support Deutsch und alles andere']),
      agent('gül', 'Gül Demir', 'offline', 86400, ['Support'], false),
    ],
  };
}

export function statistics(asked) {
  const from = Date.parse(`${asked.get('from')}T00:00:00Z`);
  const rows = ['Sales', 'Support'].flatMap((name, of) =>
    Array.from({ length: 24 }, (_, hour) => {
      const busy = hour > 7 && hour < 19;
      const offered = busy ? 4 + ((hour * (7 + of * 6)) % (12 + of * 20)) : 0;
      const answered = Math.floor(offered * 0.9);
      return {
        name,
        from: new Date(from + hour * 3_600_000).toISOString(),
        to: new Date(from + (hour + 1) * 3_600_000).toISOString(),
        calls: 0,
        closed: busy ? 0 : 1,
        offered,
        answered,
        abandoned: offered - answered,
        abandonedShort: 0,
        overflowed: 0,
        timedOut: 0,
        serviceLevel: busy ? 0.7 + ((hour * 3) % 30) / 100 : null,
        answerSpeed: busy ? 8 + hour : null,
        longestWait: busy ? 30 + hour * 3 : 0,
        talkMean: busy ? 180 : null,
        holdMean: busy ? 12 : null,
        wrapUpMean: busy ? 30 : null,
        handlingMean: busy ? 222 : null,
        missed: busy ? hour % 3 : 0,
        refused: 0,
      };
    }),
  );
  return { from: rows[0].from, to: rows[47].to, zone: 'UTC', rows };
}

export function abandoned() {
  const call = (n, number, name, state, waited) => ({
    call: `call-${n}`,
    queue: 'Support',
    number,
    name,
    entry: '+81345678900',
    at: ago(600 * n),
    waited,
    short: waited < 5,
    state,
    later: state === 'open' ? null : ago(300 * n),
    times: n,
  });
  return {
    calls: [
      call(1, '+819012345678', 'Aiko Yamada', 'open', 62),
      call(2, '+815012345678', '', 'tried', 3),
      call(3, '', '', 'open', 140),
    ],
  };
}

export function audit() {
  const row = (n, who, what, user, detail) => ({
    id: `a${n}`,
    at: ago(700 * n),
    who,
    what,
    user,
    detail,
    call: n % 2 ? '01a1ff35-6f09-7f28-b07f-1572b79d2ee5' : '',
  });
  return {
    audit: [
      row(1, 'dana', 'whisper', '', ''),
      row(2, 'dana', 'status', 'ben', 'away'),
      row(3, 'dana', 'recording-delete', 'ben', 'merged: the customer <b>asked</b> for it'),
      row(4, 'root', 'queue-closed', '', 'Support until 2026-11-21T18:00:00Z'),
      row(6, 'token:crm', 'move', '', 'Sales'),
    ],
    more: true,
  };
}
