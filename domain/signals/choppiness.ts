import type { Candle } from '../../contracts/candles.ts';
import { trueRange } from '../indicators/atr.ts';

/** Above this the market is usually called choppy, below 38.2 trending. */
export const CHOPPY_ABOVE = 61.8;

/**
 * Choppiness index after Dreiss: 100 · log10(Σ true range / (highest high − lowest low)) / log10(n) over all bars given but the
 * first, which only lends its close. 100: all movement cancelled out; near 0: one straight move. `null` for fewer than three
 * bars or no movement.
 */
export const choppinessIndex = (candles: readonly Candle[]): number | null => {
  const bars = candles.slice(1);
  if (bars.length < 2) return null;
  const travelled = bars.reduce((sum, bar, i) => sum + trueRange(bar, candles[i]?.close ?? bar.close), 0);
  const span = Math.max(...bars.map((bar) => bar.high)) - Math.min(...bars.map((bar) => bar.low));
  if (span <= 0 || travelled <= 0) return null;
  return Math.min(100, Math.max(0, (100 * Math.log10(travelled / span)) / Math.log10(bars.length)));
};
