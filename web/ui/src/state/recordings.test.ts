import { describe, expect, it } from 'vitest';
import type { Recording } from '../api/recordings';
import { marks, outline, seek, stretches } from './recordings';

function file(id: string, more: Partial<Recording>): Recording {
  const none = { conversation: '', call: 'c1', leg: '', queue: '', agent: 'ben', number: '', name: '', entry: '' };
  const rest = { direction: '', disposition: '', bytes: 1, format: 'wav', sha256: '', repaired: false };
  const hold = { held: null, heldBy: '', heldWhy: '' };
  const own = { segment: 's1', part: 'customer', began: '2026-01-02T03:00:00Z', seconds: 10, gaps: [], marks: [] };
  return { id, ...none, ...rest, ...hold, ...own, ...more };
}

const second = 1e9;

describe('recordings', () => {
  it('belong together by stretch, the customer first', () => {
    const found = stretches([
      file('m', { part: 'merged' }),
      file('a', { part: 'agent', began: '2026-01-02T03:00:01Z', seconds: 11, held: '2026-01-03T00:00:00Z' }),
      file('c', {}),
      file('x', { segment: 's2', part: 'merged' }),
      file('old', { segment: '' }),
    ]);
    expect(found.map((s) => [s.id, s.first.id, s.legs.map((leg) => leg.id).join(), s.seconds, s.held?.id])).toEqual([
      ['s1', 'c', 'c,a', 12, 'a'],
      ['s2', 'x', '', 10, undefined],
      ['old', 'old', 'old', 10, undefined],
    ]);
  });

  it('have marks: what all legs lack is one', () => {
    const gap = (from: number, to: number, cause: string) => ({
      channel: 0,
      from: from * second,
      to: to * second,
      cause,
    });
    const [stretch] = stretches([
      file('c', {
        gaps: [gap(6, 7, 'pause'), gap(1, 3, 'no-media')],
        marks: [{ at: 9 * second, kind: 'transfer', detail: 'ben' }],
      }),
      file('a', { part: 'agent', began: '2026-01-02T03:00:01Z', gaps: [gap(5, 6, 'pause')] }),
    ]);
    expect(stretch && marks(stretch)).toEqual([
      { from: 1, to: 3, cause: 'no-media', part: 'customer', detail: '' },
      { from: 6, to: 7, cause: 'pause', part: '', detail: '' },
      { from: 9, to: 9, cause: 'transfer', part: 'customer', detail: 'ben' },
    ]);
  });

  it('are drawn where they are in the whole', () => {
    expect(outline({ part: 'agent', from: 5, seconds: 5, peaks: [0, 100] }, 10)).toBe(
      'M300 39.6L450 2L450 78L300 40.4Z',
    );
    expect(outline({ part: 'agent', from: 0, seconds: 0, peaks: [] }, 0)).toBe('');
  });

  it('are sought through by keys, and not beyond their ends', () => {
    expect([seek('ArrowLeft', 3, 60), seek('ArrowRight', 3, 60), seek('End', 3, 60), seek('PageUp', 50, 60)]).toEqual([
      0, 8, 60, 60,
    ]);
    expect([seek('Home', 3, 60), seek('x', 3, 60)]).toEqual([0, null]);
  });
});
