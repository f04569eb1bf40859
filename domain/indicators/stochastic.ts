import type { Candle } from '../../contracts/candles.ts';
import { highestHigh } from './highest-high.ts';
import { lowestLow } from './lowest-low.ts';
import { sma } from './sma.ts';
import { emptyLine, type Line } from './types.ts';

/** A window without any range has no place in it: the middle. TA-Lib answers 0 here, which a rule would read as oversold. */
const FLAT = 50;

/**
 * Slow stochastic after Lane, 0–100: raw %K = 100 · (close − lowest low) / (highest high − lowest low) over `period` bars,
 * k = SMA(smooth) of it, d = SMA(signal) of k. As in TA-Lib both lines begin together, at bar `period + smooth + signal − 3`.
 * Oracle: TA-Lib STOCH with simple averages.
 */
export const stochastic = (
  candles: readonly Pick<Candle, 'high' | 'low' | 'close'>[],
  periods: { period: number; smooth: number; signal: number },
): { k: Line; d: Line } => {
  const { period, smooth, signal } = periods;
  const top = highestHigh(candles, period);
  const bottom = lowestLow(candles, period);
  const raw: number[] = [];
  for (let i = period - 1; i < candles.length; i += 1) {
    const low = bottom[i] ?? 0;
    const range = (top[i] ?? 0) - low;
    raw.push(range === 0 ? FLAT : (100 * ((candles[i]?.close ?? 0) - low)) / range);
  }
  const smoothed = sma(raw, smooth).slice(smooth - 1);
  const slow = sma(
    smoothed.map((value) => value ?? 0),
    signal,
  );
  const k = emptyLine(candles.length);
  const d = emptyLine(candles.length);
  const begin = period + smooth - 2;
  for (let i = signal - 1; i < smoothed.length; i += 1) {
    k[begin + i] = smoothed[i] ?? null;
    d[begin + i] = slow[i] ?? null;
  }
  return { k, d };
};
