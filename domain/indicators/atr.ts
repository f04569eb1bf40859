import type { Candle } from '../../contracts/candles.ts';
import { emptyLine, type Line } from './types.ts';

type Bar = Pick<Candle, 'high' | 'low' | 'close'>;

/** The largest of high − low, |high − previous close| and |low − previous close|. */
export const trueRange = (bar: Bar, previousClose: number): number =>
  Math.max(bar.high - bar.low, Math.abs(bar.high - previousClose), Math.abs(bar.low - previousClose));

/**
 * Average true range after Wilder, in units of price: seeded with the simple mean of the true ranges of bars 1 to `period`, then
 * smoothed with 1 / period. First value at bar `period`: bar 0 has no previous close. Oracle: TA-Lib ATR.
 */
export const atr = (bars: readonly Bar[], period: number): Line => {
  const line = emptyLine(bars.length);
  let average = 0;
  for (let i = 1; i < bars.length; i += 1) {
    const bar = bars[i];
    const previous = bars[i - 1];
    if (!bar || !previous) continue;
    const range = trueRange(bar, previous.close);
    if (i <= period) average += range / period;
    else average = (average * (period - 1) + range) / period;
    if (i >= period) line[i] = average;
  }
  return line;
};
