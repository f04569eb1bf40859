/** Measures two sides in turns, so that whatever else the machine does meets both alike. */
import type { Comparison, Direction, Goal, Measure } from './result.ts';
import { ratioOfRounds, summarize } from './statistics.ts';

/** One side: what it is called and one measurement of it, in the comparison's unit. It may be a function here or ask a child process. */
export type Side = { name: string; measure: () => Promise<number> };

export type RoundOptions = {
  rounds: number;
  /** Measurements of each side that are thrown away first. */
  warmUps?: number;
  say: (line: string) => void;
};

export type ComparisonOptions = RoundOptions & {
  name: string;
  unit: string;
  better: Direction;
  /** About the ratio A ÷ B. */
  goal?: Goal;
};

/** Warm-ups, then rounds of both sides; who goes first changes each round. */
export async function compare(a: Side, b: Side, options: ComparisonOptions): Promise<Comparison> {
  const { name, unit, better, goal, rounds, warmUps = 1, say } = options;
  for (let round = 1; round <= warmUps; round += 1) {
    say(`warm-up ${round} of ${warmUps}`);
    await a.measure();
    await b.measure();
  }
  const values = new Map<Side, number[]>([
    [a, []],
    [b, []],
  ]);
  for (let round = 1; round <= rounds; round += 1) {
    for (const side of round % 2 === 1 ? [a, b] : [b, a]) values.get(side)?.push(await side.measure());
    const told = [a, b].map((side) => `${side.name} ${values.get(side)?.at(-1)?.toPrecision(4)}`);
    say(`round ${round} of ${rounds}: ${told.join(', ')} ${unit}`);
  }
  const [ofA, ofB] = [values.get(a) ?? [], values.get(b) ?? []];
  return {
    name,
    unit,
    better,
    a: { name: a.name, rounds: ofA, ...summarize(ofA) },
    b: { name: b.name, rounds: ofB, ...summarize(ofB) },
    ratio: ratioOfRounds(ofA, ofB),
    ...(goal ? { goal } : {}),
  };
}

/** One figure from its value in each round. */
export const measured = (name: string, unit: string, rounds: number[], goal?: Goal): Measure => ({
  name,
  unit,
  rounds,
  ...summarize(rounds),
  ...(goal ? { goal } : {}),
});
