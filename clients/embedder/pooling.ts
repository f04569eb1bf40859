/** Token vectors to one vector of length 1. */
import type { Pooling } from '../../contracts/embeddings.ts';

/** One vector a row of `size`, one after the other; `output` is `[size × length × dimension]` without padding. */
export function poolRows(
  output: Float32Array,
  { size, length, dimension, pooling }: { size: number; length: number; dimension: number; pooling: Pooling },
): Float32Array {
  const tokens = pooling === 'cls' ? 1 : length;
  const pooled = new Float32Array(size * dimension);
  const sum = new Float64Array(dimension);
  for (let row = 0; row < size; row++) {
    sum.fill(0);
    for (let token = 0; token < tokens; token++) {
      const from = (row * length + token) * dimension;
      for (let column = 0; column < dimension; column++)
        sum[column] = (sum[column] ?? 0) + (output[from + column] ?? 0);
    }
    pooled.set(toLengthOne(sum), row * dimension);
  }
  return pooled;
}

/** Mean of a long text's windows, weighted by their tokens, scaled to length 1. */
export function joinWindows(windows: { vector: Float32Array; tokens: number }[]): Float32Array {
  const [only] = windows;
  if (windows.length === 1 && only) return only.vector;
  const sum = new Float64Array(only?.vector.length ?? 0);
  for (const { vector, tokens } of windows) {
    for (let column = 0; column < sum.length; column++)
      sum[column] = (sum[column] ?? 0) + (vector[column] ?? 0) * tokens;
  }
  return toLengthOne(sum);
}

function toLengthOne(sum: Float64Array): Float32Array {
  let squares = 0;
  for (const value of sum) squares += value * value;
  const length = Math.sqrt(squares) || 1;
  return Float32Array.from(sum, (value) => value / length);
}
