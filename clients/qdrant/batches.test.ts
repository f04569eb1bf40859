import fc from 'fast-check';
import { expect, test } from 'vitest';
import { batches } from './batches.ts';

const MIB = 1024 * 1024;

test('batches hold all items in order, within the bounds of number and size', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 6 * MIB }), { maxLength: 1_000 }), (sizes) => {
      const made = [...batches(sizes, (size) => size)];
      expect(made.flatMap(({ items }) => items)).toEqual(sizes);
      let from = 0;
      for (const batch of made) {
        expect(batch.from).toBe(from);
        from += batch.items.length;
        expect(batch.items.length).toBeLessThanOrEqual(256);
        const bytes = batch.items.reduce((sum, size) => sum + size, 0);
        expect(bytes <= 4 * MIB || batch.items.length === 1).toBe(true);
      }
    }),
  );
});

test('nothing makes no batch; items without a size are counted only', () => {
  expect([...batches([])]).toEqual([]);
  expect([...batches(Array.from({ length: 600 }))].map(({ items }) => items.length)).toEqual([256, 256, 88]);
});
