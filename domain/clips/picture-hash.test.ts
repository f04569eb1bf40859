import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { GREY_COLUMNS, GREY_POINTS, isNearDouble, pictureHash, withoutNearDoubles } from './picture-hash.ts';

const plain = (value: number) => new Uint8Array(GREY_POINTS).fill(value);
/** A slide of 1280 × 720 with a line of text, 260 × 44 pixels, in one of its rows of points. */
const slide = (...rows: number[]) => {
  const grey = plain(30);
  for (const row of rows) grey.fill(70, row * GREY_COLUMNS + 2, row * GREY_COLUMNS + 8);
  return grey;
};
const picture = fc.uint8Array({ minLength: GREY_POINTS, maxLength: GREY_POINTS });

test('a slide that gains a line is another picture', () => {
  expect(isNearDouble(slide(2), slide(2, 4))).toBe(false);
  expect(isNearDouble(plain(235), plain(81))).toBe(false);
});

test('a still picture with noise, and a moving pointer, are doubles', () => {
  fc.assert(
    fc.property(picture, fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 1, maxLength: 50 }), (grey, noise) => {
      const other = grey.map((value, at) => Math.min(255, Math.max(0, value + (noise[at % noise.length] ?? 0))));
      expect(isNearDouble(grey, other)).toBe(true);
    }),
  );
  const pointed = slide(2);
  pointed[300] = 200;
  expect(isNearDouble(slide(2), pointed)).toBe(true);
});

test('keeps the first of each, and none that is known', () => {
  const frames = [slide(2), slide(2, 4), slide(2), slide(6)].map((grey, id) => ({ id, grey }));
  expect(withoutNearDoubles(frames).map(({ id }) => id)).toEqual([0, 1, 3]);
  expect(withoutNearDoubles(frames, [slide(6)]).map(({ id }) => id)).toEqual([0, 1]);
});

test('hashes are 128 bits and change with what is seen', () => {
  expect(pictureHash(plain(90))).toBe('0'.repeat(32));
  expect(pictureHash(slide(2))).toMatch(/^[0-9a-f]{32}$/);
  expect(pictureHash(slide(2))).not.toBe(pictureHash(slide(8)));
  expect(() => pictureHash(new Uint8Array(3))).toThrow(RangeError);
});
