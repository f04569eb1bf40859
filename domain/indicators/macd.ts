import { ema } from './ema.ts';
import { emptyLine, type Line } from './types.ts';

/**
 * Moving average convergence divergence after Appel: macd = EMA(fast) − EMA(slow), signal = EMA(signal) of macd, histogram =
 * macd − signal. As in TA-Lib both averages are seeded so that they begin at bar `slow − 1`, and all three lines begin
 * together at bar `slow + signal − 2`. Libraries that seed the fast average earlier agree from about bar 250. `fast` < `slow`.
 */
export const macd = (
  values: readonly number[],
  periods: { fast: number; slow: number; signal: number },
): { macd: Line; signal: Line; histogram: Line } => {
  const { fast, slow, signal } = periods;
  const result = {
    macd: emptyLine(values.length),
    signal: emptyLine(values.length),
    histogram: emptyLine(values.length),
  };
  const begin = slow - 1;
  const fastLine = ema(values, fast, begin);
  const slowLine = ema(values, slow, begin);
  const difference: number[] = [];
  for (let i = begin; i < values.length; i += 1) difference.push((fastLine[i] ?? 0) - (slowLine[i] ?? 0));
  const signalLine = ema(difference, signal);
  for (let i = signal - 1; i < difference.length; i += 1) {
    const value = difference[i] ?? 0;
    const average = signalLine[i] ?? 0;
    result.macd[begin + i] = value;
    result.signal[begin + i] = average;
    result.histogram[begin + i] = value - average;
  }
  return result;
};
