import type { Candle } from '../../contracts/candles.ts';
import { sma } from './sma.ts';
import type { Line } from './types.ts';

/**
 * Relative volume: the bar's volume divided by the simple mean volume of the last `period` bars, the bar itself included.
 * First value at bar `period − 1`; `null` where nothing was traded in all of them. Source: the usual definition; TA-Lib has none.
 */
export const volumeRatio = (candles: readonly Pick<Candle, 'volume'>[], period: number): Line => {
  const average = sma(
    candles.map((candle) => candle.volume),
    period,
  );
  return average.map((mean, i) => {
    if (mean === null) return null;
    const ratio = (candles[i]?.volume ?? 0) / mean;
    return mean > 0 && Number.isFinite(ratio) ? ratio : null;
  });
};
