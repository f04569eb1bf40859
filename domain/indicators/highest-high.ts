import type { Candle } from '../../contracts/candles.ts';
import { highest } from './extremes.ts';
import type { Line } from './types.ts';

/**
 * Highest high of the last `period` bars, the bar itself included; a breakout compares the close with the value one bar ago.
 * The upper Donchian line. Oracle: TA-Lib MAX of the highs.
 */
export const highestHigh = (candles: readonly Pick<Candle, 'high'>[], period: number): Line =>
  highest(
    candles.map((candle) => candle.high),
    period,
  );
