import type { Condition, Operand, Risk } from '../../contracts/strategies.ts';
import { indicatorRegistry, withDefaults } from '../indicators/registry.ts';

const ago = (bars: number | undefined): string => {
  if (!bars) return '';
  return bars === 1 ? ' of the bar before' : ` ${bars} bars ago`;
};

/** "RSI(14)", "MACD(12, 26, 9) signal", "the close", "30". */
export const describeOperand = (operand: Operand): string => {
  if (operand.kind === 'value') return String(operand.value);
  if (operand.kind === 'price') return `the ${operand.price}${ago(operand.barsAgo)}`;
  if (!operand.indicator) return 'an unnamed indicator';
  const numbers = Object.values(withDefaults(operand.indicator, operand)).join(', ');
  const line =
    operand.line && operand.line !== operand.indicator
      ? ` ${operand.line.length === 1 ? `%${operand.line.toUpperCase()}` : operand.line}`
      : '';
  return `${indicatorRegistry[operand.indicator].title}(${numbers})${line}${ago(operand.barsAgo)}`;
};

const WORDS: Record<Condition['operator'], string> = {
  above: 'is above',
  below: 'is below',
  at_or_above: 'is at or above',
  at_or_below: 'is at or below',
  crosses_above: 'crosses above',
  crosses_below: 'crosses below',
};

/** "RSI(14) crosses above 30" */
export const describeCondition = ({ left, operator, right }: Condition): string =>
  `${describeOperand(left)} ${WORDS[operator]} ${describeOperand(right)}`;

export const describeConditions = (conditions: readonly Condition[]): string =>
  conditions.map(describeCondition).join(' and ');

export const describeStop = ({ kind, amount, period }: Risk['stop'], direction: 'long' | 'short'): string => {
  const side = direction === 'long' ? 'below' : 'above';
  if (kind === 'atr') return `Place the stop loss ${amount} × ATR(${period}) ${side} the entry`;
  if (kind === 'percent') return `Place the stop loss ${amount} percent ${side} the entry`;
  const extreme = direction === 'long' ? 'lowest low' : 'highest high';
  return `Place the stop loss ${amount} percent ${side} the ${extreme} of the last ${period} bars`;
};

export const describeTarget = ({ kind, amount }: Risk['target']): string =>
  kind === 'risk_multiple'
    ? `Take profit at ${amount} times the distance between entry and stop loss`
    : `Take profit ${amount} percent away from the entry`;

export const describeRiskPercent = (percent: number): string =>
  `Put at most ${percent} percent of equity at risk in one trade`;
