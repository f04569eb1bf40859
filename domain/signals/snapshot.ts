import type { Candle } from '../../contracts/candles.ts';
import type { SignalIndicators } from '../../contracts/signals.ts';
import { indicatorRegistry, withDefaults } from '../indicators/registry.ts';
import type { Line } from '../indicators/types.ts';

/**
 * Reads the indicators that go with every signal: RSI 14, ATR 14, SMA 20 and 50, volume ratio 20, Bollinger (20, 2),
 * stochastic (14, 3, 3). Each is computed once for the series; a value is `null` while its indicator warms up.
 */
export const createSnapshots = (candles: readonly Candle[]): ((bar: number) => SignalIndicators) => {
  const compute = (name: keyof typeof indicatorRegistry, given: Record<string, number> = {}): Record<string, Line> =>
    indicatorRegistry[name].compute(candles, withDefaults(name, given));
  const bands = compute('bollinger');
  const stochastic = compute('stochastic');
  const lines: Record<keyof SignalIndicators, Line | undefined> = {
    rsi: compute('rsi')['value'],
    atr: compute('atr')['value'],
    sma_20: compute('sma', { period: 20 })['value'],
    sma_50: compute('sma', { period: 50 })['value'],
    volume_ratio: compute('volume_ratio')['value'],
    bb_upper: bands['upper'],
    bb_middle: bands['middle'],
    bb_lower: bands['lower'],
    stochastic_k: stochastic['k'],
    stochastic_d: stochastic['d'],
  };
  return (bar) => ({
    rsi: lines.rsi?.[bar] ?? null,
    atr: lines.atr?.[bar] ?? null,
    sma_20: lines.sma_20?.[bar] ?? null,
    sma_50: lines.sma_50?.[bar] ?? null,
    volume_ratio: lines.volume_ratio?.[bar] ?? null,
    bb_upper: lines.bb_upper?.[bar] ?? null,
    bb_middle: lines.bb_middle?.[bar] ?? null,
    bb_lower: lines.bb_lower?.[bar] ?? null,
    stochastic_k: lines.stochastic_k?.[bar] ?? null,
    stochastic_d: lines.stochastic_d?.[bar] ?? null,
  });
};
