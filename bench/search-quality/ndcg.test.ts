import { describe, expect, it } from 'vitest';
import { covers, gainsOf, type Hit, type Moment, ndcg } from './ndcg.ts';

const hit = (startMs: number, endMs: number, source = 'a'): Hit => ({ source, startMs, endMs });
const moment = (fromMs: number, toMs: number, grade: 1 | 2, source = 'a'): Moment => ({ source, fromMs, toMs, grade });

describe('covers', () => {
  it('asks for half of the shorter one', () => {
    expect(covers(hit(0, 4_000), moment(2_000, 60_000, 2))).toBe(true);
    expect(covers(hit(0, 4_000), moment(2_001, 60_000, 2))).toBe(false);
    expect(covers(hit(0, 60_000), moment(55_000, 65_000, 2))).toBe(true);
    expect(covers(hit(0, 60_000), moment(55_001, 65_001, 2))).toBe(false);
  });

  it('keeps sources and neighbours apart', () => {
    expect(covers(hit(0, 4_000, 'b'), moment(0, 4_000, 2))).toBe(false);
    expect(covers(hit(0, 4_000), moment(4_000, 8_000, 2))).toBe(false);
  });
});

describe('gainsOf', () => {
  it('credits a moment once, however many chunks lie in it', () => {
    expect(gainsOf([hit(0, 4_000), hit(4_000, 8_000), hit(8_000, 9_000)], [moment(0, 10_000, 2)])).toEqual([3, 0, 0]);
  });

  it('credits a chunk with the best moment it covers, the next chunk with the one left', () => {
    const moments = [moment(0, 10_000, 1), moment(10_000, 20_000, 2)];
    expect(gainsOf([hit(0, 20_000), hit(5_000, 25_000)], moments)).toEqual([3, 1]);
  });

  it('prefers the moment that is shared most among equals', () => {
    const moments = [moment(0, 10_000, 2), moment(5_000, 20_000, 2)];
    expect(gainsOf([hit(0, 18_000), hit(0, 9_000)], moments)).toEqual([3, 3]);
    expect(gainsOf([hit(0, 18_000), hit(12_000, 18_000)], moments)).toEqual([3, 0]);
  });
});

describe('ndcg', () => {
  const moments = [moment(0, 10_000, 2), moment(50_000, 60_000, 1)];

  it('is 1 when every moment is found once, best first', () => {
    expect(ndcg([hit(0, 10_000), hit(50_000, 60_000)], moments)).toBe(1);
  });

  it('discounts by rank', () => {
    // (3 / log2(2) + 1 / log2(3)) is the ideal; here 1 / log2(2) + 0 + 3 / log2(4).
    const found = ndcg([hit(50_000, 60_000), hit(20_000, 30_000), hit(0, 10_000)], moments);
    expect(found).toBeCloseTo((1 + 3 / 2) / (3 + 1 / Math.log2(3)), 12);
  });

  it('looks no further than the depth, for the ideal as well', () => {
    expect(ndcg([hit(20_000, 30_000), hit(0, 10_000)], moments, 1)).toBe(0);
    expect(ndcg([hit(0, 10_000)], moments, 1)).toBe(1);
  });

  it('is 0 without a hit and undefined without a moment', () => {
    expect(ndcg([], moments)).toBe(0);
    expect(() => ndcg([], [])).toThrow(RangeError);
  });
});
