/** Query and path parameters that many routes take. */
import { z } from 'zod';
import { MAX_ID } from '../contracts/http/common.ts';

const integer = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/, 'a whole number')
    .transform(Number)
    .pipe(z.int().min(min).max(max))
    // Text on the wire, a number to who reads the description.
    .meta({ type: 'integer', pattern: undefined, minimum: min, maximum: max });

export const idParam = z.object({ id: integer(0, MAX_ID) });
export const optionalId = integer(0, MAX_ID).optional();
export const optionalFlag = z
  .enum(['true', 'false'])
  .transform((text) => text === 'true')
  .optional();
export const shortText = z.string().min(1).max(200).optional();

export const pageQuery = z.object({
  limit: integer(1, 500).default(50).meta({ default: 50 }),
  cursor: integer(0, MAX_ID).optional().meta({ description: '`next_cursor` of the page before.' }),
});

/** The items of a page and the cursor of the next, from one row more than asked for. */
export function toPage<Row extends { id: number }, Item>(rows: Row[], limit: number, show: (row: Row) => Item) {
  const shown = rows.slice(0, limit);
  return {
    items: shown.map(show),
    next_cursor: rows.length > limit ? String(shown.at(-1)?.id ?? '') || null : null,
  };
}
