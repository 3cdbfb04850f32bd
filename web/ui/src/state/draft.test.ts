import { expect, test } from 'vitest';
import { complete, emptyDraft, longestNotes, readDraft, resultOf, touched } from './draft';
import { wrapUpView } from './fixture';

const draft = { ...emptyDraft('c1'), notes: 'x', disposition: 'Solved', lineRating: 4 };

test('a draft comes back for its own call only', () => {
  expect(readDraft(JSON.stringify(draft), 'c1')).toEqual(draft);
  expect(readDraft(JSON.stringify(draft), 'c2')).toEqual(emptyDraft('c2'));
});

test.each([
  null,
  '',
  '{',
  'null',
  '[]',
  '7',
  '{"call":"c1","notes":5,"status":"x","lineRating":"many"}',
])('what is kept may be anything: %s', (text) => expect(readDraft(text, 'c1')).toEqual(emptyDraft('c1')));

test('a rating stays between 0 and 5', () => {
  expect(readDraft('{"call":"c1","lineRating":99}', 'c1').lineRating).toBe(5);
});

test('an obligatory disposition', () => {
  expect(complete(emptyDraft('c1'), wrapUpView())).toBe(true);
  expect(complete(emptyDraft('c1'), wrapUpView({ required: true }))).toBe(false);
  expect(complete(draft, wrapUpView({ required: true }))).toBe(true);
});

test('untouched drafts are not sent by themselves', () => {
  expect(touched(emptyDraft('c1'))).toBe(false);
  expect(touched({ ...emptyDraft('c1'), notes: ' \n' })).toBe(false);
  expect(touched(draft)).toBe(true);
});

test('what is sent', () => {
  expect(resultOf(draft)).toEqual({ notes: 'x', disposition: 'Solved', status: 'open', lineRating: 4 });
  expect(resultOf({ ...draft, notes: 'x'.repeat(20_000) }).notes).toHaveLength(longestNotes);
});
