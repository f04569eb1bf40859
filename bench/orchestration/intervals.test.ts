import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Interval, uncoveredMs, union } from './intervals.ts';

const from = (fromMs: number, toMs: number): Interval => ({ fromMs, toMs });
const intervals = fc.array(
  fc.tuple(fc.nat(200), fc.nat(40)).map(([start, length]) => from(start, start + length)),
  { maxLength: 30 },
);

describe('union', () => {
  it('joins what overlaps or touches', () =>
    expect(union([from(8, 9), from(1, 3), from(2, 5), from(5, 6)])).toEqual([from(1, 6), from(8, 9)]));

  it('covers the same milliseconds, once, in order', () => {
    const milliseconds = (list: readonly Interval[]) =>
      list.flatMap(({ fromMs, toMs }) => Array.from({ length: toMs - fromMs }, (_, index) => fromMs + index));
    fc.assert(
      fc.property(intervals, (list) => {
        const expected = [...new Set(milliseconds(list))].sort((a, b) => a - b);
        expect(milliseconds(union(list))).toEqual(expected);
      }),
    );
  });
});

describe('uncoveredMs', () => {
  it('counts what no stretch covers, inside the whole only', () =>
    expect(uncoveredMs(from(0, 100), [from(-50, 10), from(20, 30), from(25, 40), from(90, 500)])).toBe(60));

  it('is the whole without stretches, and never negative', () => {
    expect(uncoveredMs(from(0, 100), [])).toBe(100);
    fc.assert(
      fc.property(intervals, (list) => {
        const uncovered = uncoveredMs(from(50, 150), list);
        expect(uncovered).toBeGreaterThanOrEqual(0);
        expect(uncovered).toBeLessThanOrEqual(100);
      }),
    );
  });
});
