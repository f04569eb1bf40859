/** A search by query parameters; lists are comma separated. The same wish as the body of POST /search. */
import { z } from 'zod';
import { searchFiltersSchema, searchModeSchema } from '../../contracts/http/search.ts';
import { invalidInput } from '../problem.ts';
import type { SearchWish } from './run-search.ts';

/** Text on the wire, a number to who reads the description. */
const number = (least: number, most: number) =>
  z
    .string()
    .regex(/^-?\d+(?:\.\d+)?$/, 'a number')
    .transform(Number)
    .pipe(z.number().min(least).max(most))
    .meta({ type: 'number', pattern: undefined, minimum: least, maximum: most });
const whole = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'a whole number')
    .transform(Number)
    .pipe(z.int().min(least).max(most))
    .meta({ type: 'integer', pattern: undefined, minimum: least, maximum: most });
const flag = z.enum(['true', 'false']).transform((text) => text === 'true');
const list = z.string().max(2_000);

/** Unknown names are refused: a misspelt filter would else let everything pass. */
export const searchQuery = z.strictObject({
  query: z.string().trim().min(1).max(2_000),
  top_k: whole(1, 100).default(5).meta({ default: 5 }),
  min_similarity: number(0, 1).default(0).meta({ default: 0 }),
  mode: searchModeSchema.default('hybrid'),
  media_item_id: list.optional().meta({ description: 'One id or several, comma separated.' }),
  video_id: list.optional().meta({ description: 'One or several, comma separated.' }),
  keyword: list.optional().meta({ description: 'One term or several, comma separated.' }),
  category: list.optional().meta({ description: 'One or several, comma separated.' }),
  from_time: number(0, 2_000_000).optional(),
  to_time: number(0, 2_000_000).optional(),
  min_confidence: number(0, 1).optional(),
  group_by: z.enum(['media']).optional(),
  group_size: whole(1, 20).default(3).meta({ default: 3 }),
  rerank: flag.default(false).meta({ default: false }),
});

const items = (text: string | undefined) =>
  text
    ?.split(',')
    .map((item) => item.trim())
    .filter(Boolean);

/** Throws INVALID_INPUT for filters that are none. */
export function toWish(query: z.output<typeof searchQuery>): SearchWish {
  const { media_item_id, video_id, keyword, category, from_time, to_time, min_confidence, group_by, ...options } = query;
  const given = {
    media_item_id: items(media_item_id)?.map(Number),
    video_id: items(video_id),
    keyword: items(keyword),
    category: items(category),
    from_time,
    to_time,
    min_confidence,
  };
  const present = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const filters = searchFiltersSchema.safeParse(present);
  if (!filters.success) throw invalidInput(filters.error, 'query');
  return { ...options, filters: filters.data, group_by: group_by ?? null };
}
