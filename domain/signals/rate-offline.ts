import type { Candle } from '../../contracts/candles.ts';
import type { Rating, Signal } from '../../contracts/signals.ts';
import { CHOPPY_ABOVE, choppinessIndex } from './choppiness.ts';

/** One thing that speaks for (+1) or against (−1) the signal, or neither (0), in words with its figures. */
type Judgement = { points: -1 | 0 | 1; reason: string; advice?: string };

const round = (value: number, digits = 2): string => {
  const text = value.toFixed(digits);
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
};

/** +1 when the close lies on the trade's side of SMA 20 and 50, −1 when on the other side of both. */
const trend = ({ type, entryPrice, indicators }: Signal): Judgement => {
  const { sma_20: short, sma_50: long } = indicators;
  if (short === null || long === null)
    return { points: 0, reason: 'trend unknown: SMA 20 or SMA 50 is still warming up' };
  const side = type === 'long' ? 1 : -1;
  const agreeing = [short, long].filter((average) => (entryPrice - average) * side > 0).length;
  const figures = `entry ${round(entryPrice)}, SMA 20 ${round(short)}, SMA 50 ${round(long)}`;
  if (agreeing === 2) return { points: 1, reason: `with the trend (${figures})` };
  if (agreeing === 1) return { points: 0, reason: `trend mixed (${figures})` };
  return {
    points: -1,
    reason: `against the trend (${figures})`,
    advice: 'Wait for the price to return to the trend side of SMA 20.',
  };
};

/** +1 from 2.5 to 1 on, −1 below 1.2 to 1. */
const reward = ({ riskRewardRatio: ratio }: Signal): Judgement => {
  const advice = 'Look for a target at least twice as far as the stop.';
  if (ratio >= 2.5) return { points: 1, reason: `risk/reward ${round(ratio)} is good` };
  if (ratio >= 1.2) return { points: 0, reason: `risk/reward ${round(ratio)} is ordinary` };
  return { points: -1, reason: `risk/reward ${round(ratio)} is poor`, advice };
};

/** −1 when the stop lies within one ATR (noise reaches it) or beyond five (it costs more than the move usually gives). */
const stopDistance = ({ entryPrice, stopLoss, indicators }: Signal): Judgement => {
  if (indicators.atr === null || indicators.atr <= 0) return { points: 0, reason: 'volatility unknown: no ATR yet' };
  const multiples = Math.abs(entryPrice - stopLoss) / indicators.atr;
  const figure = `stop ${round(multiples)} ATR away (ATR ${round(indicators.atr, 4)})`;
  if (multiples < 1)
    return { points: -1, reason: `${figure}: within ordinary noise`, advice: 'Give the stop at least one ATR.' };
  if (multiples > 5)
    return { points: -1, reason: `${figure}: very wide`, advice: 'A stop this wide asks for a smaller position.' };
  return { points: 0, reason: figure };
};

/** +1 when at least half as much again was traded as usual, −1 when less than half. */
const volume = ({ indicators: { volume_ratio: ratio } }: Signal): Judgement => {
  if (ratio === null) return { points: 0, reason: 'volume unknown' };
  const figure = `volume ${round(ratio)} times its 20-bar average`;
  if (ratio >= 1.5) return { points: 1, reason: figure };
  return ratio < 0.5 ? { points: -1, reason: `${figure}: few take part` } : { points: 0, reason: figure };
};

/** How often the close changed direction, and the choppiness index, over the bars behind the signal. */
const chop = (candles: readonly Candle[]): { choppy: boolean; reason: string } => {
  const index = choppinessIndex(candles);
  if (index === null) return { choppy: false, reason: `Too few moving bars to tell (${candles.length}).` };
  const moves = candles.slice(1).map((candle, i) => Math.sign(candle.close - (candles[i]?.close ?? candle.close)));
  const turns = moves.slice(1).filter((move, i) => move * (moves[i] ?? 0) < 0).length;
  const choppy = index > CHOPPY_ABOVE;
  const compared = choppy ? `above ${CHOPPY_ABOVE}: movement mostly cancels out` : `not above ${CHOPPY_ABOVE}`;
  return {
    choppy,
    reason: `Choppiness index ${round(index, 1)} over ${candles.length - 1} bars, ${compared}; the close turned ${turns} times.`,
  };
};

/**
 * Rates a signal by rules where no model does: 3; one more each for agreement with the trend, risk/reward of 2.5 or better and
 * volume of 1.5 times the average or more; one less each for trading against the trend, risk/reward under 1.2, a stop within
 * 1 or beyond 5 ATR, volume under half the average, and a choppy market; kept within 1–5. `lookback`: the candles up to
 * and including the signal's bar, oldest first (20 are usual). Each figure comes from the signal or these candles.
 */
export const rateSignalOffline = (signal: Signal, lookback: readonly Candle[]): Rating => {
  const judgements = [trend(signal), reward(signal), stopDistance(signal), volume(signal)];
  const { choppy, reason } = chop(lookback);
  const sum = judgements.reduce((total, judgement) => total + judgement.points, choppy ? 2 : 3);
  const advice = judgements.flatMap((judgement) => judgement.advice ?? []);
  if (choppy) advice.push('In a choppy market wait for a close outside the recent range.');
  const words = judgements.map((judgement) => judgement.reason).join('; ');
  return {
    rating: Math.min(5, Math.max(1, sum)),
    choppiness: choppy ? 'yes' : 'no',
    ratingReason: `By rules: ${words}.`,
    choppinessReason: reason,
    recommendations: advice.length > 0 ? advice.join(' ') : 'Nothing speaks against the rules as they stand.',
  };
};
