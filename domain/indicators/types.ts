import type { Candle } from '../../contracts/candles.ts';

/** One value per bar; `null` while the indicator warms up, or where it has no meaning (a division by zero). */
export type Line = (number | null)[];

/** Parameter values by name, defaults already filled in. */
export type Parameters = Readonly<Record<string, number>>;

/** What values a line takes: only lines of one scale can be compared with each other. */
export type Scale = 'price' | 'price_difference' | 'percent' | 'volume' | 'ratio';

export type ParameterSpec = { default: number; min: number; max: number; integer: boolean };

/**
 * An indicator as the rule language knows it. `lines` maps each line to its scale; a one-lined indicator has the line `value`.
 * `problem` names a combination of parameters that makes no sense.
 */
export type Indicator = {
  title: string;
  lines: Readonly<Record<string, Scale>>;
  parameters: Readonly<Record<string, ParameterSpec>>;
  compute: (candles: readonly Candle[], parameters: Parameters) => Record<string, Line>;
  problem?: (parameters: Parameters) => string | null;
};

/** `length` times `null`, in an array that engines keep dense. */
export const emptyLine = (length: number): Line => {
  const line: Line = [];
  line.length = length;
  return line.fill(null);
};
