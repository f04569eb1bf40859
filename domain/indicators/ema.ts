import { emptyLine, type Line } from './types.ts';

/**
 * Exponential moving average: `e += k · (value − e)` with k = 2 / (period + 1), seeded with the simple mean of `period` values
 * ending at bar `firstBar`, where the line begins (by default `period − 1`). Oracle: TA-Lib EMA.
 */
export const ema = (values: readonly number[], period: number, firstBar = period - 1): Line => {
  const line = emptyLine(values.length);
  if (values.length <= firstBar) return line;
  let average = 0;
  for (let i = firstBar - period + 1; i <= firstBar; i += 1) average += values[i] ?? 0;
  average /= period;
  line[firstBar] = average;
  const k = 2 / (period + 1);
  for (let i = firstBar + 1; i < values.length; i += 1) {
    average += k * ((values[i] ?? 0) - average);
    line[i] = average;
  }
  return line;
};
