import { readFileSync } from 'node:fs';
import { BollingerBands, RSI, SMA } from 'trading-signals';
import { describe, expect, it } from 'vitest';
import { makeCandles, type SampleCandle, SERIES, toCsv } from './make-candles.ts';

const LAST_BARS = 60;

/** Bars at which the condition holds and did not hold one bar before. */
function onsets(count: number, holds: (index: number) => boolean): number[] {
  return Array.from({ length: count - 1 }, (_, index) => index + 1).filter(
    (index) => holds(index) && !holds(index - 1),
  );
}

function events(candles: readonly SampleCandle[]) {
  const closes = candles.map((candle) => candle.close);
  const volumes = candles.map((candle) => candle.volume);
  const rsi = new RSI(14).updates([...closes], false);
  const bands = new BollingerBands(20, 2).updates([...closes], false);
  const fast = new SMA(50).updates([...closes], false);
  const slow = new SMA(200).updates([...closes], false);
  const volumeAverage = new SMA(20).updates([...volumes], false);
  const highBefore = (index: number) =>
    Math.max(...candles.slice(Math.max(0, index - 20), index).map((candle) => candle.high));
  const count = candles.length;
  const at = (values: readonly (number | null)[], index: number) => values[index] ?? Number.NaN;
  return {
    rsiCrossesAbove30: onsets(count, (i) => at(rsi, i) >= 30).filter((i) => at(rsi, i - 1) < 30),
    breakoutWithVolume: onsets(count, (i) => i >= 20 && at(closes, i) > highBefore(i)).filter(
      (i) => at(volumes, i) > 1.5 * at(volumeAverage, i),
    ),
    belowLowerBand: onsets(count, (i) => at(closes, i) < (bands[i]?.lower ?? -Infinity)),
    goldenCross: onsets(count, (i) => at(fast, i) > at(slow, i)).filter((i) => at(fast, i - 1) <= at(slow, i - 1)),
  };
}

describe.each(Object.entries(SERIES))('%s', (_name, series) => {
  const candles = makeCandles(series);

  it('is what the generator writes', () => {
    expect(readFileSync(new URL(`./candles/${series.file}`, import.meta.url), 'utf8')).toBe(toCsv(candles));
  });

  it('holds consistent candles without gaps', () => {
    for (const [index, { time, open, high, low, close, volume }] of candles.entries()) {
      expect(Date.parse(time)).toBe(Date.parse(series.start) + index * series.barMs);
      expect(low).toBeLessThanOrEqual(Math.min(open, close));
      expect(high).toBeGreaterThanOrEqual(Math.max(open, close));
      expect(low).toBeGreaterThan(0);
      expect(volume).toBeGreaterThan(0);
    }
  });

  it('gives each taught strategy something to find, also lately', () => {
    const found = events(candles);
    for (const bars of Object.values(found)) expect(bars.length).toBeGreaterThanOrEqual(3);
    const lately = (bars: readonly number[]) => bars.filter((bar) => bar >= candles.length - LAST_BARS).length;
    expect(lately(found.rsiCrossesAbove30)).toBeGreaterThanOrEqual(1);
    expect(lately(found.belowLowerBand)).toBeGreaterThanOrEqual(1);
    expect(lately(found.breakoutWithVolume)).toBeGreaterThanOrEqual(1);
  });
});
