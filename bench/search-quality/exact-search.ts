/** Exact search by meaning in memory: what an approximate index comes to at best. */

/** Vectors of length 1 in one block of rows. */
export type Rows = { dimension: number; rows: number; values: Float32Array };

/** Throws when the vectors differ in dimension. */
export function toRows(vectors: Float32Array[]): Rows {
  const dimension = vectors[0]?.length ?? 0;
  const values = new Float32Array(vectors.length * dimension);
  vectors.forEach((vector, row) => {
    if (vector.length !== dimension)
      throw new RangeError(`Vector ${row} has ${vector.length} of ${dimension} columns.`);
    values.set(vector, row * dimension);
  });
  return { dimension, rows: vectors.length, values };
}

/** The rows most similar to the query, best first; of equal ones, the earlier. */
export function nearest({ dimension, rows, values }: Rows, query: Float32Array, limit: number): number[] {
  const scores = new Float32Array(rows);
  for (let row = 0; row < rows; row += 1) {
    let product = 0;
    for (let column = 0; column < dimension; column += 1)
      product += (values[row * dimension + column] ?? 0) * (query[column] ?? 0);
    scores[row] = product;
  }
  return Array.from(scores.keys())
    .sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b)
    .slice(0, limit);
}
