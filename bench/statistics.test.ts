import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quantile, ratioOfRounds, summarize } from './statistics.ts';

const someNumbers = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 40 });

describe('quantile', () => {
  it.each([
    [[7], 0.5, 7],
    [[3, 1, 2], 0.5, 2],
    [[4, 1, 3, 2], 0.5, 2.5],
    [[10, 20, 30, 40, 50], 0.95, 48],
    [[10, 20], 0, 10],
    [[10, 20], 1, 20],
  ])('of %j at %d is %d', (values, share, expected) => expect(quantile(values, share)).toBeCloseTo(expected, 10));

  it('lies between the least and the greatest, grows with the share, and knows no order', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(someNumbers, share, share, (values, one, other) => {
        const [low, high] = [quantile(values, Math.min(one, other)), quantile(values, Math.max(one, other))];
        expect(low).toBeGreaterThanOrEqual(Math.min(...values));
        expect(high).toBeLessThanOrEqual(Math.max(...values));
        expect(low).toBeLessThanOrEqual(high + 1e-9);
        expect(quantile([...values].reverse(), one)).toBe(quantile(values, one));
      }),
    );
  });

  it('refuses no values', () => expect(() => quantile([], 0.5)).toThrow(RangeError));
});

describe('summarize', () => {
  it('gives median, least and greatest and leaves its input alone', () => {
    const values = [5, 1, 9];
    expect(summarize(values)).toEqual({ median: 5, min: 1, max: 9 });
    expect(values).toEqual([5, 1, 9]);
  });
});

describe('ratioOfRounds', () => {
  it('is the ratio of medians with the spread over rounds', () =>
    expect(ratioOfRounds([10, 40, 20], [10, 10, 5])).toEqual({ median: 2, min: 1, max: 4 }));

  it('of a side with itself is one', () => {
    const positive = fc.array(fc.double({ min: 0.001, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(positive, (values) => {
        expect(ratioOfRounds(values, values)).toEqual(summarize([1]));
      }),
    );
  });

  it('refuses sides with different numbers of rounds', () =>
    expect(() => ratioOfRounds([1], [1, 2])).toThrow('rounds'));
});
