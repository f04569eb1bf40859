import type { Candle } from '../../contracts/candles.ts';
import type { IndicatorName } from '../../contracts/strategies.ts';
import { atr } from './atr.ts';
import { bollinger } from './bollinger.ts';
import { ema } from './ema.ts';
import { highestHigh } from './highest-high.ts';
import { lowestLow } from './lowest-low.ts';
import { macd } from './macd.ts';
import { rsi } from './rsi.ts';
import { sma } from './sma.ts';
import { stochastic } from './stochastic.ts';
import type { Indicator, Parameters, ParameterSpec } from './types.ts';
import { volumeRatio } from './volume-ratio.ts';

const bars = (byDefault: number, min = 1, max = 500): ParameterSpec => ({
  default: byDefault,
  min,
  max,
  integer: true,
});
const closes = (candles: readonly Candle[]): number[] => candles.map((candle) => candle.close);
/** The registry fills in defaults before it computes; a name that is missing is a fault of the registry itself. */
const take = (parameters: Parameters, name: string): number => {
  const value = parameters[name];
  if (value === undefined) throw new RangeError(`Indicator parameter ${name} is not given.`);
  return value;
};
const period = (parameters: Parameters): number => take(parameters, 'period');

/** Every indicator of the rule language. A new one is one file, one entry here and its name in the contract. */
export const indicatorRegistry: Readonly<Record<IndicatorName, Indicator>> = {
  rsi: {
    title: 'RSI',
    lines: { value: 'percent' },
    parameters: { period: bars(14, 2) },
    compute: (candles, p) => ({ value: rsi(closes(candles), period(p)) }),
  },
  sma: {
    title: 'SMA',
    lines: { value: 'price' },
    parameters: { period: bars(20) },
    compute: (candles, p) => ({ value: sma(closes(candles), period(p)) }),
  },
  ema: {
    title: 'EMA',
    lines: { value: 'price' },
    parameters: { period: bars(20) },
    compute: (candles, p) => ({ value: ema(closes(candles), period(p)) }),
  },
  macd: {
    title: 'MACD',
    lines: { macd: 'price_difference', signal: 'price_difference', histogram: 'price_difference' },
    parameters: { fast: bars(12), slow: bars(26, 2), signal: bars(9) },
    compute: (candles, p) =>
      macd(closes(candles), { fast: take(p, 'fast'), slow: take(p, 'slow'), signal: take(p, 'signal') }),
    problem: (p) => (take(p, 'fast') < take(p, 'slow') ? null : 'fast must be smaller than slow'),
  },
  bollinger: {
    title: 'Bollinger',
    lines: { upper: 'price', middle: 'price', lower: 'price' },
    parameters: { period: bars(20, 2), deviations: { default: 2, min: 0.1, max: 10, integer: false } },
    compute: (candles, p) => bollinger(closes(candles), period(p), take(p, 'deviations')),
  },
  atr: {
    title: 'ATR',
    lines: { value: 'price_difference' },
    parameters: { period: bars(14) },
    compute: (candles, p) => ({ value: atr(candles, period(p)) }),
  },
  stochastic: {
    title: 'Stochastic',
    lines: { k: 'percent', d: 'percent' },
    parameters: { period: bars(14), smooth: bars(3, 1, 100), signal: bars(3, 1, 100) },
    compute: (candles, p) =>
      stochastic(candles, { period: period(p), smooth: take(p, 'smooth'), signal: take(p, 'signal') }),
  },
  volume_ratio: {
    title: 'Volume ratio',
    lines: { value: 'ratio' },
    parameters: { period: bars(20, 2) },
    compute: (candles, p) => ({ value: volumeRatio(candles, period(p)) }),
  },
  highest_high: {
    title: 'Highest high',
    lines: { value: 'price' },
    parameters: { period: bars(20) },
    compute: (candles, p) => ({ value: highestHigh(candles, period(p)) }),
  },
  lowest_low: {
    title: 'Lowest low',
    lines: { value: 'price' },
    parameters: { period: bars(20) },
    compute: (candles, p) => ({ value: lowestLow(candles, period(p)) }),
  },
};

/** The given parameters with this indicator's defaults for the rest; names it does not know are left out. */
export const withDefaults = (name: IndicatorName, given: Readonly<Record<string, unknown>>): Parameters =>
  Object.fromEntries(
    Object.entries(indicatorRegistry[name].parameters).map(([key, spec]) => {
      const value = given[key];
      return [key, typeof value === 'number' ? value : spec.default];
    }),
  );
