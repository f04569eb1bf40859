import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Label } from './labels.ts';
import { byForm, type Hit, judge, pairUp, tally, wilson } from './scoring.ts';

const label = (atMs: number, term: string, more: Partial<Label> = {}): Label => ({
  source: 's',
  atMs,
  term,
  category: 'price_action',
  verdict: true,
  also: [],
  ...more,
});
const hit = (atMs: number, term: string, source = 's'): Hit => ({ source, atMs, term, category: 'price_action' });
const whole = [{ source: 's', fromMs: 0, toMs: 60_000 }];

describe('wilson', () => {
  it('agrees with published values', () => {
    // Newcombe (1998), table I: 81/263, 15/148, 0/20, 1/29.
    const expected = [
      [81, 263, 0.2553, 0.3662],
      [15, 148, 0.0624, 0.1605],
      [0, 20, 0, 0.1611],
      [1, 29, 0.0061, 0.1718],
    ] as const;
    for (const [count, of, low, high] of expected) {
      expect(wilson(count, of).low).toBeCloseTo(low, 4);
      expect(wilson(count, of).high).toBeCloseTo(high, 4);
    }
  });

  it('holds the share and stays within 0 and 1', () => {
    fc.assert(
      fc.property(fc.nat(500), fc.nat(500), (right, wrong) => {
        const { low, high } = wilson(right, right + wrong);
        const share = right + wrong === 0 ? 0.5 : right / (right + wrong);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(low).toBeLessThanOrEqual(share + 1e-12);
        expect(high).toBeGreaterThanOrEqual(share - 1e-12);
        expect(high).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('knows nothing of nothing, and refuses what is no share', () => {
    expect(wilson(0, 0)).toEqual({ count: 0, of: 0, low: 0, high: 1 });
    expect(() => wilson(3, 2)).toThrow(RangeError);
  });
});

describe('pairUp', () => {
  it('pairs one to one, even where the nearest choice would leave one over', () => {
    const [first, second] = [label(1_000, 'support'), label(2_000, 'support')];
    const [early, late] = [hit(1_800, 'support'), hit(3_000, 'support')];
    const pairs = pairUp([first, second], [late, early], 1_000);
    expect(pairs.get(first)).toBe(early);
    expect(pairs.get(second)).toBe(late);
  });

  it('asks for the term, the source and the time', () => {
    const spoken = label(1_000, 'support');
    expect(pairUp([spoken], [hit(1_000, 'resistance')], 500).size).toBe(0);
    expect(pairUp([spoken], [hit(1_000, 'support', 'other')], 500).size).toBe(0);
    expect(pairUp([spoken], [hit(1_501, 'support')], 500).size).toBe(0);
    expect(pairUp([spoken], [hit(1_500, 'support')], 500).size).toBe(1);
  });

  it('takes a term that names the place as well, after the term itself', () => {
    const spoken = label(1_000, 'green candle', { also: ['candlestick'] });
    const own = hit(1_400, 'green candle');
    const other = hit(1_000, 'candlestick');
    expect(pairUp([spoken], [other], 500).get(spoken)).toBe(other);
    expect(pairUp([spoken], [other, own], 500).get(spoken)).toBe(own);
  });

  it('never uses a label or a hit twice', () => {
    const times = fc.array(fc.nat(5_000), { maxLength: 12 });
    fc.assert(
      fc.property(times, times, (spoken, reported) => {
        const labels = spoken.map((atMs) => label(atMs, 'trend'));
        const hits = reported.map((atMs) => hit(atMs, 'trend'));
        const pairs = pairUp(labels, hits, 700);
        expect(new Set(pairs.values()).size).toBe(pairs.size);
        for (const [one, other] of pairs) expect(Math.abs(one.atMs - other.atMs)).toBeLessThanOrEqual(700);
      }),
    );
  });
});

describe('judge', () => {
  it('counts a hit without a label as wrong inside the window only', () => {
    const hits = [hit(500, 'trend'), hit(60_000, 'trend'), hit(60_200, 'gap up')];
    const { right, wrong, missed } = judge(whole, [label(59_900, 'gap up')], hits, 1_000);
    expect(right).toEqual([hits[2]]);
    expect(wrong).toEqual([hits[0]]);
    expect(missed).toEqual([]);
  });

  it('tells which false mentions misled the matcher', () => {
    const thanks = label(1_000, 'support', { verdict: false, reason: 'thanks' });
    const bridge = label(9_000, 'support', { verdict: false, reason: 'other-sense' });
    const verdicts = judge(whole, [thanks, bridge], [hit(1_100, 'support')], 1_000);
    expect(verdicts.misled).toEqual([thanks]);
    expect(verdicts.leftAlone).toEqual([bridge]);
    expect(verdicts.wrong).toHaveLength(1);
  });

  it('adds up by category and over all', () => {
    const labels = [label(1_000, 'trend'), label(5_000, 'RSI', { category: 'technical_indicator' })];
    const rows = tally(judge(whole, labels, [hit(1_000, 'trend'), hit(8_000, 'trend')], 1_000));
    expect(
      rows.map(({ category, recall, precision }) => [category, recall.count, recall.of, precision.count, precision.of]),
    ).toEqual([
      ['technical_indicator', 0, 1, 0, 0],
      ['price_action', 1, 1, 1, 2],
      ['all', 1, 2, 1, 2],
    ]);
  });

  it('tells apart what is said outright and what is misheard', () => {
    const labels = [label(1_000, 'trend'), label(5_000, 'wick', { form: 'misheard' })];
    const forms = byForm(judge(whole, labels, [hit(1_000, 'trend')], 1_000));
    expect(forms.map(({ form, recall }) => [form, recall.count, recall.of])).toEqual([
      ['outright', 1, 1],
      ['misheard', 0, 1],
      ['elliptical', 0, 0],
    ]);
  });
});
