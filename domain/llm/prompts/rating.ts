import type { Candle } from '../../../contracts/candles.ts';
import type { Signal } from '../../../contracts/signals.ts';
import { neutralise } from '../fence.ts';
import type { PromptTemplate } from './types.ts';

const indicatorLines = ({ indicators }: Signal): string =>
  Object.entries(indicators)
    .map(([name, value]) => `${name}: ${value === null ? 'not known yet' : Number(value.toPrecision(6))}`)
    .join('\n');

const candleLines = (candles: readonly Candle[]): string =>
  candles
    .map(({ time, open, high, low, close, volume }) =>
      [new Date(time).toISOString(), open, high, low, close, volume].join(','),
    )
    .join('\n');

/** One signal and the candles up to its bar into a rating; the answer's shape is `ratingAnswerSchema`. */
export const ratingPrompt: PromptTemplate<{ signal: Signal; lookback: readonly Candle[] }> = {
  id: 'rating',
  version: 1,
  system: [
    'You judge how good a trading signal is. You never change its prices, never predict a price, and never advise an order.',
    'Answer with one JSON object: rating (1 poor to 5 excellent), choppiness ("yes" or "no"), ratingReason, choppinessReason, recommendations.',
    'Use only figures that are given. Each reason is at most two sentences.',
  ].join('\n'),
  build: ({ signal, lookback }) =>
    [
      `Signal: ${signal.type} ${neutralise(signal.symbol)} ${signal.timeframe}, bar ${new Date(signal.barTime).toISOString()}`,
      `entry ${signal.entryPrice}, stop ${signal.stopLoss}, target ${signal.targetPrice}, risk/reward ${Number(signal.riskRewardRatio.toFixed(2))}`,
      `Indicators at the bar:\n${indicatorLines(signal)}`,
      `Candles up to the bar (time,open,high,low,close,volume):\n${candleLines(lookback)}`,
    ].join('\n\n'),
};
