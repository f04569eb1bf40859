/** How far a mean over queries would move with other queries of the same kind. */
import { quantile } from '../statistics.ts';

const SAMPLES = 5_000;
const SEED = 20_240_917;

export type Interval = { low: number; high: number };

/**
 * The 95 % interval of `statistic` over resamples, with replacement, of the positions 0 to `size` − 1. The same positions go to
 * whatever the statistic compares, so that differences are paired. The same input gives the same interval.
 */
export function bootstrap(size: number, statistic: (sample: number[]) => number): Interval {
  const random = generator(SEED);
  const values = Array.from({ length: SAMPLES }, () =>
    statistic(Array.from({ length: size }, () => Math.floor(random() * size))),
  );
  return { low: quantile(values, 0.025), high: quantile(values, 0.975) };
}

/** The mean of the values at the sampled positions. */
export const meanAt = (values: readonly number[], sample: number[]): number =>
  sample.reduce((sum, position) => sum + (values[position] ?? 0), 0) / sample.length;

/** Mulberry32: numbers from 0 up to 1. `Math.random` takes no seed. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
