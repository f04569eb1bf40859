import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type PastCall, WINDOW_MS, waitFor } from './admission.ts';

const limits = { requestsPerMinute: 3, tokensPerMinute: 1_000 };
const call = (agoMs: number, tokens = 10): PastCall => ({ agoMs, tokens });

test.each([
  ['an empty window', [], 10, 0],
  ['a free place', [call(1), call(2)], 10, 0],
  ['no free place: the oldest has to leave', [call(1_000), call(59_000), call(30_000)], 10, 1_000],
  ['calls that have left already', [call(60_000), call(70_000), call(80_000)], 10, 0],
  ['tokens: two have to leave', [call(50_000, 400), call(40_000, 500)], 600, 20_000],
  ['more than the whole limit: an empty window', [call(50_000, 1)], 5_000, 10_000],
])('%s', (_, past, tokens, waitMs) => {
  expect(waitFor(past, tokens, limits)).toBe(waitMs);
});

test('after the wait it fits, a millisecond earlier it does not', () => {
  const pasts = fc.array(
    fc.record({ agoMs: fc.integer({ min: 0, max: 70_000 }), tokens: fc.integer({ min: 0, max: 900 }) }),
    { maxLength: 12 },
  );
  const later = (past: PastCall[], ms: number) => past.map((one) => ({ ...one, agoMs: one.agoMs + ms }));
  fc.assert(
    fc.property(pasts, fc.integer({ min: 0, max: 2_000 }), (past, tokens) => {
      const waitMs = waitFor(past, tokens, limits);
      expect(waitMs).toBeLessThanOrEqual(WINDOW_MS);
      expect(waitFor(later(past, waitMs), tokens, limits)).toBe(0);
      if (waitMs > 0) expect(waitFor(later(past, waitMs - 1), tokens, limits)).toBe(1);
    }),
  );
});
