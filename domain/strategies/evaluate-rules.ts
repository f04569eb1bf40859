import type { Candle } from '../../contracts/candles.ts';
import type { Condition, Rule, StrategyRules } from '../../contracts/strategies.ts';
import { createOperandReader, type ReadBar } from './operands.ts';

/** `bar` is the index of the candle at whose close the rule held. */
export type RuleHold = { bar: number; ruleId: string };
export type RuleHolds = { entries: RuleHold[]; exits: RuleHold[] };

type Compare = (left: ReadBar, right: ReadBar, bar: number) => boolean;

/** A missing number makes no comparison true. */
const at =
  (holds: (left: number, right: number) => boolean): Compare =>
  (left, right, bar) => {
    const a = left(bar);
    const b = right(bar);
    return a !== null && b !== null && holds(a, b);
  };

const above = at((a, b) => a > b);
const below = at((a, b) => a < b);
const atOrAbove = at((a, b) => a >= b);
const atOrBelow = at((a, b) => a <= b);

/** A cross needs the bar before as well: on the other side or equal there, on this side now. */
const compare: Record<Condition['operator'], Compare> = {
  above,
  below,
  at_or_above: atOrAbove,
  at_or_below: atOrBelow,
  crosses_above: (left, right, bar) => above(left, right, bar) && atOrBelow(left, right, bar - 1),
  crosses_below: (left, right, bar) => below(left, right, bar) && atOrAbove(left, right, bar - 1),
};

/**
 * At which bars each rule holds, oldest first; several rules may hold at one bar and then come in the rules' order. All
 * conditions of a rule must hold at the same close. Only that bar and earlier ones are read, so later candles change nothing.
 * `rules` must have passed `checkRules`.
 */
export const evaluateRules = (rules: StrategyRules, candles: readonly Candle[]): RuleHolds => {
  const read = createOperandReader(candles);
  const prepare = (rule: Rule): { id: string; holds: (bar: number) => boolean } => {
    const conditions = rule.conditions.map(({ left, operator, right }) => {
      const [a, b, test] = [read(left), read(right), compare[operator]];
      return (bar: number): boolean => test(a, b, bar);
    });
    return { id: rule.id, holds: (bar) => conditions.every((condition) => condition(bar)) };
  };
  const collect = (list: readonly Rule[]): RuleHold[] => {
    const prepared = list.map(prepare);
    const found: RuleHold[] = [];
    for (let bar = 0; bar < candles.length; bar += 1) {
      for (const rule of prepared) if (rule.holds(bar)) found.push({ bar, ruleId: rule.id });
    }
    return found;
  };
  return { entries: collect(rules.entry), exits: collect(rules.exit) };
};
