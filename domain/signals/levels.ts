import type { Candle } from '../../contracts/candles.ts';
import type { Risk } from '../../contracts/strategies.ts';
import { atr } from '../indicators/atr.ts';
import { highestHigh } from '../indicators/highest-high.ts';
import { lowestLow } from '../indicators/lowest-low.ts';

/** Prices at which a trade entered at `entry` is protected and closed; `riskReward` = |target − entry| / |entry − stop|. */
export type Levels = { entry: number; stop: number; target: number; riskReward: number };

type Direction = 'long' | 'short';

const stopPrices = (
  stop: Risk['stop'],
  direction: Direction,
  candles: readonly Candle[],
): ((bar: number) => number | null) => {
  const side = direction === 'long' ? -1 : 1;
  const close = (bar: number): number | null => candles[bar]?.close ?? null;
  if (stop.kind === 'percent') {
    return (bar) => {
      const entry = close(bar);
      return entry === null ? null : entry * (1 + (side * stop.amount) / 100);
    };
  }
  if (stop.kind === 'atr') {
    const range = atr(candles, stop.period);
    return (bar) => {
      const [entry, width] = [close(bar), range[bar] ?? null];
      return entry === null || width === null ? null : entry + side * stop.amount * width;
    };
  }
  const extreme = direction === 'long' ? lowestLow(candles, stop.period) : highestHigh(candles, stop.period);
  return (bar) => {
    const level = extreme[bar] ?? null;
    return level === null ? null : level * (1 + (side * stop.amount) / 100);
  };
};

/**
 * Entry, stop and target at a bar's close by the strategy's risk. `null` where the stop can't be told yet, is not on the losing
 * side of the entry, or a level is not above zero: then there is no trade to speak of.
 */
export const createLevels = (
  risk: Risk,
  direction: Direction,
  candles: readonly Candle[],
): ((bar: number) => Levels | null) => {
  const stopAt = stopPrices(risk.stop, direction, candles);
  const side = direction === 'long' ? 1 : -1;
  return (bar) => {
    const entry = candles[bar]?.close;
    const stop = stopAt(bar);
    if (entry === undefined || stop === null) return null;
    const distance = (entry - stop) * side;
    const reach = risk.target.kind === 'percent' ? (entry * risk.target.amount) / 100 : distance * risk.target.amount;
    const target = entry + side * reach;
    const sound = distance > 0 && reach > 0 && stop > 0 && target > 0 && Number.isFinite(reach / distance);
    return sound ? { entry, stop, target, riskReward: reach / distance } : null;
  };
};
