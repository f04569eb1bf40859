/** Clustered vectors of length 1, the same for the same seed: text vectors lie in clouds, and random ones would be too easy to tell apart. */

const CENTRES = 400;
/** How far members lie from their centre, beside the centre's own length of 1. */
const SPREAD = 0.8;

export type VectorSource = { next: () => Float32Array };

export function clusteredVectors(dimension: number, seed: number): VectorSource {
  const random = uniform(seed);
  const centres = Array.from({ length: CENTRES }, () => direction(dimension, random));
  return {
    next() {
      const centre = centres[Math.floor(random() * CENTRES)] as Float32Array;
      const away = direction(dimension, random);
      return normalized(centre.map((value, column) => value + SPREAD * (away[column] ?? 0)));
    },
  };
}

const direction = (dimension: number, random: () => number): Float32Array =>
  normalized(Float32Array.from({ length: dimension }, () => gauss(random)));

function normalized(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

/** Box–Muller. */
const gauss = (random: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** mulberry32: numbers in [0, 1). */
function uniform(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
