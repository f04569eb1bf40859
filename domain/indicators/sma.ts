import { emptyLine, type Line } from './types.ts';

/**
 * Simple moving average: the mean of the last `period` values. First value at bar `period − 1`.
 * Oracle: TA-Lib SMA (a running sum, which this follows step by step).
 */
export const sma = (values: readonly number[], period: number): Line => {
  const line = emptyLine(values.length);
  let sum = 0;
  for (let i = 0; i < values.length; i += 1) {
    sum += values[i] ?? 0;
    if (i < period - 1) continue;
    line[i] = sum / period;
    sum -= values[i - period + 1] ?? 0;
  }
  return line;
};
