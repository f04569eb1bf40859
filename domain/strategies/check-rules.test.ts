import { describe, expect, it } from 'vitest';
import { TapeworksError } from '../../contracts/errors.ts';
import type { Condition, Operand, StrategyRules } from '../../contracts/strategies.ts';
import { checkRules, findRuleProblems } from './check-rules.ts';
import { offlineStrategy } from './offline-strategy.ts';
import { exampleOf, RSI_CONCEPTS, RSI_TEXTS } from './test-lesson.ts';

const { rules } = offlineStrategy({ keyword: 'RSI', examples: [exampleOf('RSI', RSI_TEXTS)], concepts: RSI_CONCEPTS });
const close: Operand = { kind: 'price', price: 'close' };
const rsi: Operand = { kind: 'indicator', indicator: 'rsi', period: 14 };

const withCondition = (condition: Partial<Condition>): unknown => ({
  ...rules,
  entry: rules.entry.map((rule) => ({
    ...rule,
    conditions: [{ left: rsi, operator: 'above', right: { kind: 'value', value: 50 }, ...condition }],
  })),
});
const firstPath = (input: unknown): string => findRuleProblems(input)[0]?.path ?? 'none';
const at = 'entry.0.conditions.0';

describe('checkRules', () => {
  it('gives sound rules back as they are', () => expect(checkRules(rules)).toEqual(rules));

  it.each<[string, Partial<Condition>, string]>([
    ['a value without its number', { right: { kind: 'value' } }, `${at}.right.value`],
    ['a value with a period', { right: { kind: 'value', value: 1, period: 3 } }, `${at}.right.period`],
    ['a price without its name', { left: { kind: 'price' } }, `${at}.left.price`],
    ['an indicator without its name', { left: { kind: 'indicator' } }, `${at}.left.indicator`],
    ['a line that the indicator lacks', { left: { ...rsi, line: 'upper' } }, `${at}.left.line`],
    ['a many-lined indicator without a line', { left: { kind: 'indicator', indicator: 'macd' } }, `${at}.left.line`],
    ['a parameter that the indicator lacks', { left: { ...rsi, fast: 3 } }, `${at}.left.fast`],
    ['a parameter out of its limits', { left: { ...rsi, period: 1 } }, `${at}.left.period`],
    [
      'fast at or above slow',
      {
        left: { kind: 'indicator', indicator: 'macd', line: 'macd', fast: 26, slow: 12 },
        right: { kind: 'value', value: 0 },
      },
      `${at}.left.fast`,
    ],
    ['two constants', { left: { kind: 'value', value: 2 } }, at],
    ['the same on both sides', { right: rsi }, at],
    ['numbers of two scales', { right: close }, at],
    ['a level that is never reached', { right: { kind: 'value', value: 170 } }, at],
  ])('refuses %s', (_, condition, path) => {
    expect(firstPath(withCondition(condition))).toBe(path);
  });

  it.each<[string, (sound: StrategyRules) => unknown, string]>([
    ['no entry', (sound) => ({ ...sound, entry: [] }), 'entry'],
    ['another version', (sound) => ({ ...sound, version: 2 }), 'version'],
    ['an exit among the entries', (sound) => ({ ...sound, entry: sound.exit }), 'entry.0.id'],
    ['an id twice', (sound) => ({ ...sound, entry: [...sound.entry, ...sound.entry] }), 'entry'],
    [
      'taught without a citation',
      (sound) => ({ ...sound, entry: sound.entry.map((rule) => ({ ...rule, citations: [] })) }),
      'entry.0.citations',
    ],
    [
      'a risk number without its basis',
      (sound) => ({ ...sound, risk: { ...sound.risk, basis: sound.risk.basis.slice(1) } }),
      'risk.basis',
    ],
    [
      'a stop at zero',
      (sound) => ({ ...sound, risk: { ...sound.risk, stop: { kind: 'percent', amount: 100, period: 1 } } }),
      'risk.stop.amount',
    ],
    ['something else', () => 'buy low', ''],
  ])('refuses %s', (_, change, path) => {
    expect(findRuleProblems(change(rules))[0]?.path).toBe(path);
  });

  it('throws RULES_INVALID with the path and all problems', () => {
    try {
      checkRules(withCondition({ left: { ...rsi, period: 1, fast: 2 } }));
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(TapeworksError);
      expect(error).toMatchObject({ code: 'RULES_INVALID', details: { problems: [{}, {}] } });
      expect(String(error)).toContain(`${at}.left.period: must be from 2 to 500 (and 1 more)`);
    }
  });
});
