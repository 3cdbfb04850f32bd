import { describe, expect, test } from 'vitest';
import { catalogue, type Key, parts } from './catalogue';
import { eventDetail, eventText } from './event';
import { duration, initials, numberGroups } from './format';
import { languages, type Message, pickLanguage, pickLocale } from './language';
import { endText } from './reason';
import { fill, t } from './text';

test.each([
  [0, '0:00'],
  [7, '0:07'],
  [59.9, '0:59'],
  [60, '1:00'],
  [3723, '1:02:03'],
  [-5, '0:00'],
])('%d s is %s', (s, text) => expect(duration(s)).toBe(text));

test.each([
  ['+819012345678', '+81 90 1234 5678'],
  ['+81345678900', '+81 3 4567 8900'],
  ['+12125550123', '+1 212 555 0123'],
  ['+905321234567', '+90 532 123 45 67'],
  ['+442079460123', '+44 20 7946 0123'],
  ['+35312345678', '+353 1234 5678'],
  ['+3531', '+3531'],
  ['1001', '1001'],
  ['', ''],
  ['<b>', '<b>'],
])('%s is read as %s', (number, text) => {
  expect(numberGroups(number).join(' ')).toBe(text);
  expect(numberGroups(number).join('')).toBe(number);
});

test.each([
  ['Aiko Yamada', 'AY'],
  ['aiko', 'A'],
  ['  Ben  van   Dyk ', 'BD'],
  ['', ''],
  ['山田 愛子', '山愛'],
])('%s: %s', (name, letters) => expect(initials(name)).toBe(letters));

describe('catalogue', () => {
  test('what a newer server says breaks no page', () => expect(t('kind.new' as Key)).toBe('kind.new'));

  const all = (text: string): Message => ({ en: text, ja: text, tr: text });
  const holes = (text: string) => [...new Set(text.match(/(?<=\{)\w+/g))].sort().join();

  test('placeholders are filled, unknown ones stay', () => {
    expect(fill(all('{a} and {b}'), 'en', { a: 'x' })).toBe('x and {b}');
  });
  test.each([
    ['en', 1, '1 time'],
    ['en', 2, '2 times'],
    ['en', 0, '0 times'],
    ['ja', 1, '1 times'], // Japanese has one form
  ] as const)('%s: the form for %d', (to, n, text) => expect(fill(all('{n} {n:time|times}'), to, { n })).toBe(text));

  test.each(
    Object.entries<Message>(catalogue),
  )('%s is there in every language, with the same placeholders', (_, message) => {
    expect(Object.keys(message).sort()).toEqual([...languages].sort());
    for (const text of Object.values(message)) {
      expect(text.trim()).not.toBe('');
      expect(holes(text)).toBe(holes(message.en));
    }
  });
  test('no key is in two parts, where one would hide the other', () => {
    const keys = Object.values(parts).flatMap((part) => Object.keys(part));
    expect(keys.filter((key, i) => keys.indexOf(key) !== i)).toEqual([]);
    expect(keys).toHaveLength(Object.keys(catalogue).length);
  });
  test.each([
    [['xx', 'en-GB'], 'en', 'en-GB'],
    [['ja-JP', 'en'], 'ja', 'ja-JP'],
    [['TR'], 'tr', 'TR'],
    [['', 'tr-CY'], 'tr', 'tr-CY'],
    [['xx'], 'en', 'en'],
    [[], 'en', 'en'],
  ])('%s: the first that there is, else English', (wanted, language, tag) => {
    expect(pickLanguage(wanted)).toBe(language);
    expect(pickLocale(pickLanguage(wanted), wanted)).toBe(tag);
  });
  test('a chosen language that is not the browser’s writes dates in its own way', () => {
    expect(pickLocale('ja', ['en-GB'])).toBe('ja');
  });
});

describe('time line', () => {
  const self = { user: 'ben', name: 'Ben' };
  const event = { at: '', kind: 'agent-answered', agent: 'ben', queue: 'Q', detail: '' };
  test('the reader is "you"', () => {
    expect(eventText(event, self)).toBe('Answered by you');
    expect(eventText({ ...event, agent: 'aiko' }, self)).toBe('Answered by aiko');
  });
  test('a kind from a newer server is shown as it is', () => {
    expect(eventText({ ...event, kind: 'hold-began' }, self)).toBe('hold began');
    expect(eventText({ ...event, kind: 'toString' }, self)).toBe('toString');
  });
  test('reasons in words', () => {
    expect(eventDetail({ ...event, kind: 'call-ended', detail: 'caller-hung-up' })).toBe('The customer hung up');
    expect(eventDetail({ ...event, kind: 'queued', detail: 'position 2' })).toBe('position 2');
    expect(endText('protocol')).toContain('protocol');
    expect(endText('unset')).toBe('');
  });
});
