import type { Candle } from '../../contracts/candles.ts';
import type { IndicatorName, Operand } from '../../contracts/strategies.ts';
import { indicatorRegistry, withDefaults } from '../indicators/registry.ts';
import type { Line } from '../indicators/types.ts';

/** The operand's number at a bar; `null` before the series begins or while the indicator warms up. */
export type ReadBar = (bar: number) => number | null;

export const lineName = (operand: Operand): string => operand.line ?? 'value';

/**
 * Reads operands over one candle series. An indicator is computed once for each distinct set of parameters, however many
 * rules, lines and shifts (`barsAgo`) use it.
 */
export const createOperandReader = (candles: readonly Candle[]): ((operand: Operand) => ReadBar) => {
  const computed = new Map<string, Record<string, Line>>();

  const indicatorLine = (name: IndicatorName, operand: Operand): Line => {
    const parameters = withDefaults(name, operand);
    const key = `${name} ${JSON.stringify(parameters)}`;
    let lines = computed.get(key);
    if (!lines) {
      lines = indicatorRegistry[name].compute(candles, parameters);
      computed.set(key, lines);
    }
    const line = lines[lineName(operand)];
    if (!line) throw new RangeError(`${name} has no line ${lineName(operand)}.`);
    return line;
  };

  return (operand) => {
    const shift = operand.barsAgo ?? 0;
    if (operand.kind === 'value') {
      const value = operand.value ?? null;
      return () => value;
    }
    if (operand.kind === 'price') {
      const field = operand.price ?? 'close';
      return (bar) => candles[bar - shift]?.[field] ?? null;
    }
    if (operand.indicator === undefined) throw new RangeError('An operand of kind indicator names none.');
    const line = indicatorLine(operand.indicator, operand);
    return (bar) => line[bar - shift] ?? null;
  };
};
