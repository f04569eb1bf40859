/** Numbers of several rounds to what is told about them. */

export type Summary = { median: number; min: number; max: number };

/** The value below which the given share (0 to 1) of all lies, interpolated between neighbours. Throws on no values. */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) throw new RangeError('A quantile of no values was asked for.');
  const sorted = [...values].sort((a, b) => a - b);
  const position = share * (sorted.length - 1);
  const below = sorted[Math.floor(position)] ?? Number.NaN;
  const above = sorted[Math.ceil(position)] ?? Number.NaN;
  return below + (above - below) * (position - Math.floor(position));
}

/** Median, least and greatest. Throws on no values. */
export const summarize = (values: readonly number[]): Summary => ({
  median: quantile(values, 0.5),
  min: quantile(values, 0),
  max: quantile(values, 1),
});

/** Ratio A ÷ B: of the two medians, with the least and greatest ratio that a single round had. Throws on unequal numbers of rounds. */
export function ratioOfRounds(a: readonly number[], b: readonly number[]): Summary {
  if (a.length !== b.length) throw new RangeError(`A has ${a.length} rounds and B has ${b.length}.`);
  const perRound = a.map((value, round) => value / (b[round] ?? Number.NaN));
  return { ...summarize(perRound), median: quantile(a, 0.5) / quantile(b, 0.5) };
}
