/** A search by query parameters: the same wish as the body of POST /search. */
import { z } from 'zod';
import { searchFiltersSchema, searchModeSchema } from '../../contracts/http/search.ts';
import { invalidInput } from '../problem.ts';
import type { SearchWish } from './run-search.ts';

/** Text on the wire, a number to who reads the description. */
const number = (least: number, most: number) =>
  z
    .string()
    .regex(/^-?(?:\d+\.?\d*|\.\d+)$/, 'a number')
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
/** Python writes True. */
const flag = z
  .string()
  .regex(/^(?:true|false)$/i, 'true or false')
  .transform((text) => text.toLowerCase() === 'true')
  .meta({ type: 'boolean', pattern: undefined });
const list = (what: string) =>
  z
    .union([z.string().max(2_000), z.array(z.string().max(2_000)).max(200)])
    .transform((given) => [given].flat().flatMap((text) => text.split(',')))
    .transform((items) => items.map((item) => item.trim()).filter(Boolean))
    .meta({
      anyOf: undefined,
      type: 'array',
      items: { type: 'string' },
      description: `${what}; several are comma separated or repeated.`,
    });

/** Unknown names are refused: a misspelt filter would else let everything pass. */
export const searchQuery = z.strictObject({
  query: z.string().trim().min(1).max(2_000),
  top_k: whole(1, 100).default(5).meta({ default: 5 }),
  min_similarity: number(0, 1).default(0).meta({ default: 0 }),
  mode: searchModeSchema.default('hybrid'),
  media_item_id: list('Id of a media item').optional(),
  video_id: list('Public id of a media item').optional(),
  keyword: list('Term of the lexicon or one of its variants').optional(),
  category: list('Category of keywords').optional(),
  from_time: number(0, 2_000_000).optional(),
  to_time: number(0, 2_000_000).optional(),
  min_confidence: number(0, 1).optional(),
  group_by: z.enum(['media']).optional(),
  group_size: whole(1, 20).default(3).meta({ default: 3 }),
  rerank: flag.default(false).meta({ default: false }),
});

/** Not `Number` alone: that also reads "0x10". */
const toId = (text: string) => (/^\d+$/.test(text) ? Number(text) : Number.NaN);

/** Throws INVALID_INPUT for filters that are none. */
export function toWish(query: z.output<typeof searchQuery>): SearchWish {
  const { media_item_id, video_id, keyword, category, from_time, to_time, min_confidence, group_by, ...options } =
    query;
  const given = {
    media_item_id: media_item_id?.map(toId),
    video_id,
    keyword,
    category,
    from_time,
    to_time,
    min_confidence,
  };
  const present = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const filters = searchFiltersSchema.safeParse(present);
  if (!filters.success) throw invalidInput(filters.error, 'query');
  return { ...options, filters: filters.data, group_by: group_by ?? null };
}
