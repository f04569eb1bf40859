/** When two pictures show the same, and a hash to find such pictures by. Pure. */

/** A picture is looked at as so many grey points (0–255), row by row: coarse enough for noise to vanish, fine enough for a line of text. */
export const GREY_COLUMNS = 32;
export const GREY_ROWS = 16;
export const GREY_POINTS = GREY_COLUMNS * GREY_ROWS;
/** By so much a point changes where a line of text appears; the noise of a still picture moves it by one or two. */
const CHANGED_BY = 8;
/** A word covers more points; less is a pointer or a blinking cursor. */
const FEWEST_CHANGED = 3;

/**
 * 128 bits in hex: of each 2 × 2 points, whether they are brighter than the picture's mean. Pictures that look alike differ in few
 * bits. Throws `RangeError` for another number of points.
 */
export function pictureHash(grey: Uint8Array): string {
  check(grey);
  const cells: number[] = [];
  for (let row = 0; row < GREY_ROWS; row += 2) {
    for (let column = 0; column < GREY_COLUMNS; column += 2) {
      const at = row * GREY_COLUMNS + column;
      cells.push(
        [at, at + 1, at + GREY_COLUMNS, at + GREY_COLUMNS + 1].reduce((sum, point) => sum + (grey[point] ?? 0), 0),
      );
    }
  }
  const mean = cells.reduce((sum, cell) => sum + cell, 0) / cells.length;
  let hex = '';
  for (let at = 0; at < cells.length; at += 4) {
    const bits = cells.slice(at, at + 4).reduce((value, cell) => value * 2 + (cell > mean ? 1 : 0), 0);
    hex += bits.toString(16);
  }
  return hex;
}

/** Whether nothing of note changed from one picture to the other. */
export function isNearDouble(a: Uint8Array, b: Uint8Array): boolean {
  check(a);
  check(b);
  let changed = 0;
  for (let at = 0; at < GREY_POINTS; at += 1) {
    if (Math.abs((a[at] ?? 0) - (b[at] ?? 0)) > CHANGED_BY) changed += 1;
  }
  return changed < FEWEST_CHANGED;
}

/** The pictures, in order, that are no near double of one before or of one of `known`. */
export function withoutNearDoubles<T extends { grey: Uint8Array }>(pictures: T[], known: Uint8Array[] = []): T[] {
  const seen = [...known];
  return pictures.filter(({ grey }) => {
    if (seen.some((other) => isNearDouble(grey, other))) return false;
    seen.push(grey);
    return true;
  });
}

function check(grey: Uint8Array): void {
  if (grey.length !== GREY_POINTS) throw new RangeError(`${grey.length} grey points instead of ${GREY_POINTS}`);
}
