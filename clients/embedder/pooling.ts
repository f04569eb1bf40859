/** Token vectors to one vector of length 1. */

/** Mean of the first `tokens` rows, scaled to length 1; `output` holds rows of `dimension` from `offset` on. */
export function meanPool(output: Float32Array, offset: number, tokens: number, dimension: number): Float32Array {
  const sum = new Float64Array(dimension);
  for (let token = 0; token < tokens; token++) {
    const row = offset + token * dimension;
    for (let column = 0; column < dimension; column++) sum[column] = (sum[column] ?? 0) + (output[row + column] ?? 0);
  }
  return toLengthOne(sum);
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
  const length = Math.hypot(...sum) || 1;
  return Float32Array.from(sum, (value) => value / length);
}
