import { sma } from './sma.ts';
import { emptyLine, type Line } from './types.ts';

/**
 * Bollinger bands: middle = SMA(period); upper and lower lie `deviations` population standard deviations away. The variance is
 * summed from distances to the mean: the mean of squares less the square of the mean, as TA-Lib has it, loses digits on
 * prices that are large against their movement. First value at bar `period − 1`. Oracle: TA-Lib BBANDS.
 */
export const bollinger = (
  values: readonly number[],
  period: number,
  deviations: number,
): { upper: Line; middle: Line; lower: Line } => {
  const middle = sma(values, period);
  const upper = emptyLine(values.length);
  const lower = emptyLine(values.length);
  for (let i = period - 1; i < values.length; i += 1) {
    const mean = middle[i] ?? 0;
    let squares = 0;
    for (let j = i - period + 1; j <= i; j += 1) squares += ((values[j] ?? 0) - mean) ** 2;
    const distance = deviations * Math.sqrt(squares / period);
    upper[i] = mean + distance;
    lower[i] = mean - distance;
  }
  return { upper, middle, lower };
};
