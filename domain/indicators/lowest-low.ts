import type { Candle } from '../../contracts/candles.ts';
import { lowest } from './extremes.ts';
import type { Line } from './types.ts';

/**
 * Lowest low of the last `period` bars, the bar itself included; a breakdown compares the close with the value one bar ago.
 * The lower Donchian line. Oracle: TA-Lib MIN of the lows.
 */
export const lowestLow = (candles: readonly Pick<Candle, 'low'>[], period: number): Line =>
  lowest(
    candles.map((candle) => candle.low),
    period,
  );
