import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Candle } from '../../contracts/candles.ts';
import { INDICATORS } from '../../contracts/strategies.ts';
import { atr } from './atr.ts';
import { bollinger } from './bollinger.ts';
import { ema } from './ema.ts';
import { highest, lowest } from './extremes.ts';
import { indicatorRegistry, withDefaults } from './registry.ts';
import { rsi } from './rsi.ts';
import { sma } from './sma.ts';
import { stochastic } from './stochastic.ts';
import { volumeRatio } from './volume-ratio.ts';

const price = fc.double({ min: 0.01, max: 1e6, noNaN: true });
const candle: fc.Arbitrary<Candle> = fc
  .record({ a: price, b: price, c: price, d: price, volume: fc.double({ min: 0, max: 1e9, noNaN: true }) })
  .map(({ a, b, c, d, volume }) => ({
    time: 0,
    open: a,
    close: b,
    high: Math.max(a, b, c, d),
    low: Math.min(a, b, c, d),
    volume,
  }));
const series = fc.array(candle, { maxLength: 120 }).map((bars) => bars.map((bar, i) => ({ ...bar, time: i * 60_000 })));
const flat = (length: number): Candle[] =>
  Array.from({ length }, (_, i) => ({ time: i, open: 5, high: 5, low: 5, close: 5, volume: 0 }));

describe('worked by hand', () => {
  it('sma', () => expect(sma([1, 2, 3, 4], 3)).toEqual([null, null, 2, 3]));
  it('ema starts at the mean', () => expect(ema([1, 2, 3, 5], 3)).toEqual([null, null, 2, 3.5]));
  it('rsi of rises only is 100, of falls only 0', () => {
    expect(rsi([1, 2, 3, 4], 2)).toEqual([null, null, 100, 100]);
    expect(rsi([4, 3, 2, 1], 2)).toEqual([null, null, 0, 0]);
  });
  it('highest and lowest', () => {
    expect(highest([3, 1, 2, 5, 4], 2)).toEqual([null, 3, 2, 5, 5]);
    expect(lowest([3, 1, 2, 5, 4], 2)).toEqual([null, 1, 1, 2, 4]);
  });
  it('bollinger uses the population deviation', () => {
    expect(bollinger([1, 3], 2, 2)).toEqual({ upper: [null, 4], middle: [null, 2], lower: [null, 0] });
  });
  it('atr begins after `period` true ranges', () => {
    const bars = [10, 12, 11].map((close) => ({ high: close + 1, low: close - 1, close }));
    expect(atr(bars, 2)).toEqual([null, null, 2.5]);
  });
  it('volume ratio', () => expect(volumeRatio([{ volume: 1 }, { volume: 3 }], 2)).toEqual([null, 1.5]));
});

describe('a market that does not move', () => {
  it('is neither overbought nor oversold', () => {
    expect(
      rsi(
        Array.from({ length: 20 }, () => 5),
        14,
      ).at(-1),
    ).toBe(50);
    expect(stochastic(flat(30), { period: 14, smooth: 3, signal: 3 }).k.at(-1)).toBe(50);
  });
  it('has no volume ratio without volume', () => expect(volumeRatio(flat(30), 20).at(-1)).toBeNull());
});

describe.each(INDICATORS)('%s', (name) => {
  const { compute, lines } = indicatorRegistry[name];
  const parameters = withDefaults(name, {});

  it('keeps the length, has only finite numbers and no hole after its first value', () => {
    fc.assert(
      fc.property(series, (candles) => {
        const result = compute(candles, parameters);
        expect(Object.keys(result)).toEqual(Object.keys(lines));
        for (const line of Object.values(result)) {
          expect(line).toHaveLength(candles.length);
          expect(line.every((value) => value === null || Number.isFinite(value))).toBe(true);
          const first = line.findIndex((value) => value !== null);
          if (first >= 0 && name !== 'volume_ratio') expect(line.slice(first)).not.toContain(null);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('never looks ahead: cutting the end changes nothing before it', () => {
    fc.assert(
      fc.property(series, fc.nat(), (candles, cut) => {
        const kept = candles.length === 0 ? 0 : cut % candles.length;
        const whole = compute(candles, parameters);
        const part = compute(candles.slice(0, kept), parameters);
        for (const [line, values] of Object.entries(part)) expect(values).toEqual(whole[line]?.slice(0, kept));
      }),
      { numRuns: 50 },
    );
  });
});

describe('bounds', () => {
  it('rsi and stochastic stay within 0 and 100, bands in order, extremes hold the window', () => {
    fc.assert(
      fc.property(series, (candles) => {
        const run = (name: (typeof INDICATORS)[number]) =>
          indicatorRegistry[name].compute(candles, withDefaults(name, {}));
        const percent = [run('rsi')['value'], run('stochastic')['k'], run('stochastic')['d']].flatMap(
          (line) => line ?? [],
        );
        expect(percent.every((value) => value === null || (value >= -1e-6 && value <= 100 + 1e-6))).toBe(true);
        const { upper = [], lower = [] } = run('bollinger');
        expect(upper.every((value, i) => value === null || value >= (lower[i] ?? 0))).toBe(true);
        const top = run('highest_high')['value'] ?? [];
        const window = (i: number) => candles.slice(i - 19, i + 1).map((bar) => bar.high);
        expect(top.every((value, i) => value === null || value === Math.max(...window(i)))).toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});
