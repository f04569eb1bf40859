import fc from 'fast-check';
import { expect, test } from 'vitest';
import { equalLengthBatches } from './batches.ts';

const windows = fc
  .array(fc.integer({ min: 2, max: 40 }), { maxLength: 200 })
  .map((lengths) => lengths.map((length, text) => ({ text, part: 0, ids: Array<number>(length).fill(text) })));

test('every window is in one batch, batches hold one length and keep to the budget', () => {
  fc.assert(
    fc.property(windows, fc.integer({ min: 1, max: 300 }), (given, budget) => {
      const batches = equalLengthBatches(given, budget);
      expect(batches.flatMap((batch) => batch.windows.map(({ text }) => text)).toSorted((a, b) => a - b)).toEqual(
        given.map(({ text }) => text),
      );
      for (const { length, windows: inside } of batches) {
        expect(inside.every(({ ids }) => ids.length === length)).toBe(true);
        expect(inside.length === 1 || inside.length * length <= budget).toBe(true);
      }
      const lengths = batches.map(({ length }) => length);
      expect(lengths).toEqual(lengths.toSorted((a, b) => a - b));
    }),
  );
});

test('takes as many as the budget allows', () => {
  const given = Array.from({ length: 10 }, (_, text) => ({ text, part: 0, ids: [1, 2, 3] }));
  expect(equalLengthBatches(given, 12).map((batch) => batch.windows.length)).toEqual([4, 4, 2]);
});
