/** Search as the API takes and answers it. Times in seconds as decimals, and in milliseconds. */
import { z } from 'zod';
import { categorySchema } from '../keywords.ts';
import { EMBEDDING_TYPES, SEARCHABLE_TYPES } from '../names.ts';
import { MAX_ID } from './common.ts';
import { readinessSchema } from './results.ts';

export const SEARCH_MODES = ['dense', 'bm25', 'hybrid'] as const;
export const searchModeSchema = z
  .enum(SEARCH_MODES)
  .meta({ description: 'dense: by meaning; bm25: by words; hybrid: both, fused by rank (RRF).' });

const MAX_SECONDS = 2_000_000;
const idOrIds = z.union([z.int().min(1).max(MAX_ID), z.array(z.int().min(1).max(MAX_ID)).min(1).max(200)]);
const textOrTexts = z.union([z.string().min(1).max(200), z.array(z.string().min(1).max(200)).min(1).max(50)]);

/** All given parts must hold; a list means any of it. */
export const searchFiltersSchema = z
  .strictObject({
    media_item_id: idOrIds.optional(),
    video_id: textOrTexts.optional(),
    keyword: textOrTexts.optional().meta({ description: 'Terms of the lexicon or their variants.' }),
    category: z.union([categorySchema, z.array(categorySchema).min(1).max(20)]).optional(),
    from_time: z.number().min(0).max(MAX_SECONDS).optional().meta({ description: 'Seconds: moments that end later.' }),
    to_time: z
      .number()
      .min(0)
      .max(MAX_SECONDS)
      .optional()
      .meta({ description: 'Seconds: moments that begin earlier.' }),
    min_confidence: z
      .number()
      .min(0)
      .max(1)
      .optional()
      .meta({ description: 'Moments with a keyword hit of at least this confidence.' }),
  })
  .refine(({ from_time: from, to_time: to }) => from === undefined || to === undefined || from < to, {
    message: 'to_time has to lie behind from_time',
    path: ['to_time'],
  })
  .meta({ id: 'SearchFilters' });
export type SearchFilters = z.infer<typeof searchFiltersSchema>;

const options = {
  query: z.string().trim().min(1).max(2_000),
  top_k: z.int().min(1).max(100).default(5),
  min_similarity: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .meta({ description: 'Least cosine similarity of query and moment; 0 bounds nothing in bm25 and hybrid.' }),
  mode: searchModeSchema.default('hybrid'),
  filters: searchFiltersSchema.default({}),
  group_by: z
    .enum(['media'])
    .nullable()
    .default(null)
    .meta({ description: 'media: top_k media items, each with its best moments.' }),
  group_size: z.int().min(1).max(20).default(3),
  rerank: z.boolean().default(false).meta({
    description: 'Order the 50 best (or top_k, where that is more) anew by the cross-encoder of RERANK_MODEL_DIR.',
  }),
};

export const searchBody = z
  .strictObject({ ...options, embedding_type: z.enum(SEARCHABLE_TYPES).default('transcript') })
  .meta({ id: 'Search' });
export type SearchBody = z.infer<typeof searchBody>;

export const searchHitSchema = z
  .object({
    /** Of the chunk, frame or clip; of a posted segment, the id it was posted with. */
    id: z.int(),
    point_id: z.string(),
    embedding_type: z.enum(SEARCHABLE_TYPES),
    origin: z.enum(['pipeline', 'posted']),
    media_item_id: z.int(),
    video_id: z.string(),
    text: z.string(),
    /** Where the words of the query stand in `text`: [from, to) in UTF-16 units. */
    highlights: z.array(z.tuple([z.int(), z.int()])),
    start_time: z.number(),
    end_time: z.number(),
    start_ms: z.int(),
    end_ms: z.int(),
    similarity: z.number(),
    /** What the order is by: similarity, BM25, rank fusion or the cross-encoder. */
    score: z.number(),
    keywords: z.array(z.string()),
    categories: z.array(z.string()),
    confidence: z.number().nullable(),
    clip_id: z.int().nullable(),
    clip_url: z.string().nullable(),
    thumbnail_url: z.string().nullable(),
    /** Of a frame: the picture that the text was read from. */
    image_url: z.string().nullable(),
  })
  .meta({ id: 'SearchHit' });
export type SearchHit = z.infer<typeof searchHitSchema>;

export const searchAnswerSchema = z
  .object({
    query: z.string(),
    embedding_type: z.enum([...SEARCHABLE_TYPES, 'all']),
    mode: searchModeSchema,
    model: z.string(),
    total: z.int(),
    results: z.array(searchHitSchema),
    groups: z
      .array(z.object({ media_item_id: z.int(), video_id: z.string(), results: z.array(searchHitSchema) }))
      .nullable(),
    took_ms: z.number(),
  })
  .meta({ id: 'SearchAnswer' });
export type SearchAnswer = z.infer<typeof searchAnswerSchema>;

const segmentSchema = z
  .strictObject({
    id: z.int().min(0).max(MAX_ID),
    text: z.string().trim().min(1).max(20_000),
    start_time: z.number().min(0).max(MAX_SECONDS),
    end_time: z.number().min(0).max(MAX_SECONDS),
  })
  .refine(({ start_time, end_time }) => end_time >= start_time, { message: 'end_time lies before start_time' });

export const embedBody = z
  .strictObject({
    media_item_id: z.int().min(1).max(MAX_ID),
    embedding_type: z.enum(EMBEDDING_TYPES),
    segments: z
      .array(segmentSchema)
      .min(1)
      .max(1_000)
      .refine((segments) => new Set(segments.map(({ id }) => id)).size === segments.length, {
        message: 'each id may occur once',
      })
      .meta({ description: 'Up to 1,000, in up to 1 MiB of JSON.' }),
    return_vectors: z.boolean().default(false),
  })
  .meta({ id: 'Embed' });
export type EmbedBody = z.infer<typeof embedBody>;

export const embedAnswerSchema = z
  .object({
    embedded: z.int(),
    /** Segments whose text had its vector already. */
    reused: z.int(),
    model: z.string(),
    dimension: z.int(),
    vectors: z.array(z.object({ id: z.int(), vector: z.array(z.number()) })).optional(),
  })
  .meta({ id: 'Embedded' });
export type EmbedAnswer = z.infer<typeof embedAnswerSchema>;

export const statsSchema = z
  .object({
    model: z.string(),
    dimension: z.int(),
    /** Of the process that embeds queries; workers choose theirs by EMBEDDING_DEVICE. */
    device: z.string(),
    precision: z.string(),
    media_items: z.int(),
    searchable_items: z.int(),
    vectors: z.object({
      total: z.int(),
      by_type: z.record(z.string(), z.int()),
      /** Of the table of vectors, with its indexes. */
      size_bytes: z.number(),
    }),
    indices: z.array(
      z.object({
        name: z.string(),
        embedding_type: z.enum(SEARCHABLE_TYPES),
        collection: z.string(),
        vectors: z.int(),
        /** Vectors alone: points × dimension × 4. */
        size_bytes: z.number(),
      }),
    ),
  })
  .meta({ id: 'Stats' });
export type Stats = z.infer<typeof statsSchema>;

export const healthSchema = z
  .object({
    status: z.enum(['healthy', 'unhealthy']),
    checks: readinessSchema.shape.checks,
    statistics: statsSchema.nullable(),
  })
  .meta({ id: 'Health' });
