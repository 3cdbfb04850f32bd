import { describe, expect, test } from 'vitest';
import type { Target, Trunk } from '../api/trunks';
import { advice, byNeed, lastError, percent, seconds } from './trunks';

const target = (health: Target['health'], error = ''): Target => ({
  server: 's',
  address: 'udp/192.0.2.1:5060',
  health,
  since: null,
  rtt: 0,
  error,
  errorAt: null,
  again: null,
});

const trunk = (part: Partial<Trunk>): Trunk => ({
  name: 'a',
  kind: 'carrier',
  health: 'up',
  registration: null,
  targets: [],
  in: 0,
  out: 0,
  window: 300,
  attempts: 0,
  answered: 0,
  failures: 0,
  asr: 0,
  pdd: 0,
  ...part,
});

const registration = (state: NonNullable<Trunk['registration']>['state'], error = '') => ({
  state,
  since: null,
  server: '',
  expires: null,
  next: null,
  error,
});

test('what is down comes first, then by name', () => {
  const all = [
    trunk({ name: 'z' }),
    trunk({ name: 'b' }),
    trunk({ name: 'm', health: 'down' }),
    trunk({ name: 'k', health: 'degraded' }),
  ];
  expect(byNeed(all).map((t) => t.name)).toEqual(['m', 'k', 'b', 'z']);
});

describe('advice', () => {
  test.each([
    ['nothing', {}, null],
    ['login', { registration: registration('refused'), targets: [target('up')] }, 'login'],
    ['registration', { registration: registration('failed'), targets: [target('up')] }, 'registration'],
    ['all servers', { registration: registration('failed'), targets: [target('down')] }, 'servers'],
    ['one server', { targets: [target('down'), target('up')] }, 'server'],
    ['failures', { attempts: 10, failures: 3 }, 'failures'],
    ['few failures', { attempts: 10, failures: 2 }, null],
    ['few attempts', { attempts: 5, failures: 5 }, null],
  ] as const)('%s', (_, part, want) => {
    expect(advice(trunk(part as Partial<Trunk>))).toBe(want);
  });
});

test('what was said last', () => {
  expect(lastError(trunk({}))).toBe('');
  expect(lastError(trunk({ targets: [target('up', 'old'), target('down', 'no answer')] }))).toBe('no answer');
  expect(
    lastError(trunk({ registration: registration('refused', '403 Forbidden'), targets: [target('down', 'x')] })),
  ).toBe('403 Forbidden');
});

test('figures', () => {
  expect([percent(0.523, 10), percent(0, 0), seconds(1.84), seconds(0.021), seconds(0)]).toEqual([
    '52 %',
    '–',
    '1.8 s',
    '0.021 s',
    '–',
  ]);
});
