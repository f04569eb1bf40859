import { emptyLine, type Line } from './types.ts';

/** Neither gains nor losses: the middle. TA-Lib answers 0 here, which a rule would read as oversold. */
const FLAT = 50;

const strength = (gain: number, loss: number): number => (gain + loss === 0 ? FLAT : (100 * gain) / (gain + loss));

/**
 * Relative strength index after Wilder: 100 · G / (G + L), where G and L are the averages of rises and falls from close to
 * close, seeded with the simple mean of the first `period` changes, then smoothed with 1 / period. First value at bar `period`.
 * A series that has not moved at all reads 50. Oracle: TA-Lib RSI.
 */
export const rsi = (values: readonly number[], period: number): Line => {
  const line = emptyLine(values.length);
  let gain = 0;
  let loss = 0;
  for (let i = 1; i < values.length; i += 1) {
    const change = (values[i] ?? 0) - (values[i - 1] ?? 0);
    const rise = Math.max(change, 0);
    const fall = Math.max(-change, 0);
    if (i <= period) {
      gain += rise / period;
      loss += fall / period;
    } else {
      gain = (gain * (period - 1) + rise) / period;
      loss = (loss * (period - 1) + fall) / period;
    }
    if (i >= period) line[i] = strength(gain, loss);
  }
  return line;
};
