import { expect, test } from 'vitest';
import { joinWindows, poolRows } from './pooling.ts';

const output = Float32Array.of(3, 0, 0, 4, 0, 2, 0, 4);
const shape = { size: 2, length: 2, dimension: 2 };
const near = (vector: Float32Array, expected: number[]) =>
  expect(Array.from(vector, (value) => Number(value.toFixed(6)))).toEqual(expected);

test('pools by the mean of the tokens or by the first one, to length 1', () => {
  near(poolRows(output, { ...shape, pooling: 'mean' }), [0.6, 0.8, 0, 1]);
  near(poolRows(output, { ...shape, pooling: 'cls' }), [1, 0, 0, 1]);
});

test('joins windows by their tokens; one window stays as it is', () => {
  const [east, north] = [Float32Array.of(1, 0), Float32Array.of(0, 1)];
  expect(joinWindows([{ vector: east, tokens: 9 }])).toBe(east);
  near(
    joinWindows([
      { vector: east, tokens: 3 },
      { vector: north, tokens: 4 },
    ]),
    [0.6, 0.8],
  );
});
