import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Candle } from '../../contracts/candles.ts';
import { ratingSchema, type Signal, signalSchema } from '../../contracts/signals.ts';
import type { Risk, StrategyRules } from '../../contracts/strategies.ts';
import { RULE_KEYWORDS } from '../strategies/meanings/registry.ts';
import { offlineStrategy } from '../strategies/offline-strategy.ts';
import { exampleOf } from '../strategies/test-lesson.ts';
import { choppinessIndex } from './choppiness.ts';
import { createLevels } from './levels.ts';
import { rateSignalOffline } from './rate-offline.ts';
import { scanSignals } from './scan-signals.ts';

const candlesOf = (closes: readonly number[], width = 1): Candle[] =>
  closes.map((close, i) => ({
    time: i * 60_000,
    open: close,
    high: close + width,
    low: close - width,
    close,
    volume: 10,
  }));
const strategy = (keyword: string): StrategyRules =>
  offlineStrategy({ keyword, examples: [exampleOf(keyword, [`About the ${keyword}.`])], concepts: [] }).rules;
const where = { symbol: 'BTC-USD', timeframe: '1m' } as const;

const base = strategy('RSI');
const risk = (stop: Risk['stop'], target: Risk['target']): Risk => ({ ...base.risk, stop, target });
const above = (value: number): StrategyRules => ({
  ...base,
  exit: [],
  entry: base.entry.map((rule) => ({
    ...rule,
    conditions: [{ left: { kind: 'price', price: 'close' }, operator: 'above', right: { kind: 'value', value } }],
  })),
  risk: risk({ kind: 'percent', amount: 10, period: 1 }, { kind: 'risk_multiple', amount: 2 }),
});

describe('createLevels', () => {
  const candles = candlesOf([100, 100, 100, 100]);
  const twice: Risk['target'] = { kind: 'risk_multiple', amount: 2 };
  it.each<[string, Risk['stop'], Risk['target'], 'long' | 'short', [number, number, number]]>([
    ['atr', { kind: 'atr', amount: 1.5, period: 2 }, twice, 'long', [97, 106, 2]],
    ['atr', { kind: 'atr', amount: 1.5, period: 2 }, twice, 'short', [103, 94, 2]],
    ['percent', { kind: 'percent', amount: 5, period: 1 }, { kind: 'percent', amount: 20 }, 'long', [95, 120, 4]],
    ['swing', { kind: 'swing', amount: 1, period: 3 }, twice, 'long', [98.01, 103.98, 2]],
  ])('%s %s', (_, stop, target, direction, [stopPrice, targetPrice, ratio]) => {
    const levels = createLevels(risk(stop, target), direction, candles)(3);
    expect(levels?.stop).toBeCloseTo(stopPrice, 9);
    expect(levels?.target).toBeCloseTo(targetPrice, 9);
    expect(levels?.riskReward).toBeCloseTo(ratio, 9);
  });

  it('has none while the ATR warms up, or below zero', () => {
    expect(createLevels(risk({ kind: 'atr', amount: 1, period: 4 }, twice), 'long', candles)(3)).toBeNull();
    expect(createLevels(risk({ kind: 'atr', amount: 60, period: 2 }, twice), 'long', candles)(3)).toBeNull();
    expect(createLevels(risk({ kind: 'percent', amount: 60, period: 1 }, twice), 'short', candles)(3)).toBeNull();
  });
});

describe('scanSignals', () => {
  it('signals where a rule begins to hold, at the close', () => {
    const signals = scanSignals(above(5), candlesOf([4, 6, 7, 4, 8]), where);
    expect(signals.map(({ barTime, entryPrice }) => [barTime, entryPrice])).toEqual([
      [60_000, 6],
      [240_000, 8],
    ]);
    expect(signals[0]).toMatchObject({ type: 'long', symbol: 'BTC-USD', ruleId: 'entry-1', indicators: { rsi: null } });
  });

  it('knows earlier bars but reports from sinceBar on', () => {
    expect(scanSignals(above(5), candlesOf([4, 6, 7, 4, 8]), { ...where, sinceBar: 2 })).toHaveLength(1);
  });

  it('keeps quiet where an exit rule holds at the same close', () => {
    const rules = above(5);
    const exit = rules.entry.map((rule) => ({ ...rule, id: 'exit-1' }));
    expect(scanSignals({ ...rules, exit }, candlesOf([4, 6]), where)).toEqual([]);
  });

  it('gives sound signals for every strategy on any prices', () => {
    const closes = fc.array(fc.integer({ min: 2, max: 90 }), { minLength: 80, maxLength: 250 });
    fc.assert(
      fc.property(closes, fc.constantFrom(...RULE_KEYWORDS), (values, keyword) => {
        const candles = candlesOf(values);
        const signals = scanSignals(strategy(keyword), candles, where);
        for (const signal of signals) {
          const side = signal.type === 'long' ? 1 : -1;
          expect(signalSchema.parse(signal)).toEqual(signal);
          expect((signal.entryPrice - signal.stopLoss) * side).toBeGreaterThan(0);
          expect((signal.targetPrice - signal.entryPrice) * side).toBeGreaterThan(0);
          const bar = signal.barTime / 60_000;
          const rating = rateSignalOffline(signal, candles.slice(Math.max(0, bar - 20), bar + 1));
          expect(ratingSchema.parse(rating)).toEqual(rating);
        }
        expect(new Set(signals.map((signal) => signal.barTime)).size).toBe(signals.length);
      }),
      { numRuns: 100 },
    );
  });
});

describe('choppinessIndex', () => {
  it('is low in a straight move, high where movement cancels out', () => {
    const straight = choppinessIndex(candlesOf(Array.from({ length: 21 }, (_, i) => 100 + 3 * i)));
    const toAndFro = choppinessIndex(candlesOf(Array.from({ length: 21 }, (_, i) => 100 + 3 * (i % 2))));
    expect(straight).toBeLessThan(38.2);
    expect(toAndFro).toBeGreaterThan(61.8);
  });
  it('cannot be told without movement', () => {
    expect(choppinessIndex(candlesOf([5, 5, 5, 5], 0))).toBeNull();
    expect(choppinessIndex(candlesOf([5, 6]))).toBeNull();
  });
});

describe('rateSignalOffline', () => {
  const straight = candlesOf(Array.from({ length: 21 }, (_, i) => 100 + 3 * i));
  const signal: Signal = {
    ...where,
    type: 'long',
    barTime: 0,
    entryPrice: 160,
    stopLoss: 150,
    targetPrice: 185,
    riskRewardRatio: 2.5,
    ruleId: 'entry-1',
    indicators: {
      rsi: 60,
      atr: 5,
      sma_20: 140,
      sma_50: 130,
      volume_ratio: 1,
      bb_upper: null,
      bb_middle: null,
      bb_lower: null,
      stochastic_k: null,
      stochastic_d: null,
    },
  };
  const rate = (change: Partial<Signal>, indicators: Partial<Signal['indicators']> = {}, lookback = straight) =>
    rateSignalOffline({ ...signal, ...change, indicators: { ...signal.indicators, ...indicators } }, lookback);

  it.each<[string, Partial<Signal>, Partial<Signal['indicators']>, number]>([
    ['trend and reward for it', {}, {}, 5],
    ['ordinary reward', { riskRewardRatio: 2 }, {}, 4],
    ['against the trend', { riskRewardRatio: 2 }, { sma_20: 170, sma_50: 180 }, 2],
    ['all against it', { riskRewardRatio: 1, stopLoss: 159 }, { sma_20: 170, sma_50: 180, volume_ratio: 0.1 }, 1],
    ['nothing known', { riskRewardRatio: 2 }, { sma_20: null, sma_50: null, atr: null, volume_ratio: null }, 3],
    ['volume helps', { riskRewardRatio: 2 }, { sma_20: null, volume_ratio: 1.5 }, 4],
  ])('%s', (_, change, indicators, rating) => expect(rate(change, indicators).rating).toBe(rating));

  it('takes one off in a choppy market and says why, with figures', () => {
    const rating = rate({}, {}, candlesOf(Array.from({ length: 21 }, (_, i) => 100 + 3 * (i % 2))));
    expect(rating).toMatchObject({ rating: 4, choppiness: 'yes' });
    expect(rating.choppinessReason).toMatch(/Choppiness index [\d.]+ over 20 bars.*turned 19 times/);
    expect(rating.ratingReason).toContain('entry 160, SMA 20 140, SMA 50 130');
  });
});
