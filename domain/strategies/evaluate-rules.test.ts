import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Candle } from '../../contracts/candles.ts';
import type { Condition, Operand, StrategyRules } from '../../contracts/strategies.ts';
import { evaluateRules } from './evaluate-rules.ts';
import { RULE_KEYWORDS } from './meanings/registry.ts';
import { offlineStrategy } from './offline-strategy.ts';
import { exampleOf } from './test-lesson.ts';

const candlesOf = (closes: readonly number[]): Candle[] =>
  closes.map((close, i) => ({
    time: i * 60_000,
    open: close,
    high: close + 1,
    low: close * 0.99,
    close,
    volume: 10 + (i % 7),
  }));
const strategy = (keyword: string): StrategyRules =>
  offlineStrategy({ keyword, examples: [exampleOf(keyword, [`About the ${keyword}.`])], concepts: [] }).rules;
const close: Operand = { kind: 'price', price: 'close' };
const bars = (conditions: Condition[], closes: readonly number[]): number[] => {
  const base = strategy('RSI');
  const rules = { ...base, entry: base.entry.map((rule) => ({ ...rule, conditions })), exit: [] };
  return evaluateRules(rules, candlesOf(closes)).entries.map((entry) => entry.bar);
};
const level = (value: number): Operand => ({ kind: 'value', value });

describe('evaluateRules', () => {
  it.each<[Condition['operator'], number[]]>([
    ['above', [2, 4]],
    ['below', [0, 3]],
    ['at_or_above', [1, 2, 4]],
    ['at_or_below', [0, 1, 3]],
    ['crosses_above', [2, 4]],
    ['crosses_below', [3]],
  ])('close %s 5', (operator, expected) => {
    expect(bars([{ left: close, operator, right: level(5) }], [4, 5, 6, 4, 7])).toEqual(expected);
  });

  it('needs all conditions at one close, and looks bars back', () => {
    const rising: Condition = { left: close, operator: 'above', right: { ...close, barsAgo: 2 } };
    const high: Condition = { left: close, operator: 'above', right: level(3) };
    expect(bars([rising], [1, 2, 3, 4, 2])).toEqual([2, 3]);
    expect(bars([rising, high], [1, 2, 3, 4, 2])).toEqual([3]);
  });

  it('does not hold while an indicator warms up', () => {
    const sma: Operand = { kind: 'indicator', indicator: 'sma', period: 3 };
    expect(bars([{ left: sma, operator: 'above', right: level(0) }], [1, 1, 1, 1])).toEqual([2, 3]);
  });

  it('never looks ahead: later bars change no earlier entry or exit', () => {
    const closes = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 60, maxLength: 300 });
    fc.assert(
      fc.property(closes, fc.nat(), fc.constantFrom(...RULE_KEYWORDS), (values, cut, keyword) => {
        const rules = strategy(keyword);
        const kept = cut % values.length;
        const whole = evaluateRules(rules, candlesOf(values));
        const part = evaluateRules(rules, candlesOf(values.slice(0, kept)));
        expect(part.entries).toEqual(whole.entries.filter(({ bar }) => bar < kept));
        expect(part.exits).toEqual(whole.exits.filter(({ bar }) => bar < kept));
      }),
      { numRuns: 150 },
    );
  });
});
