/** What workflows take and give, and the messages that steer them. One object each; ids, not blobs. */
import { z } from 'zod';
import { productSchema, timeframeSchema } from './candles.ts';
import { EMBEDDING_TYPES } from './names.ts';
import { failureSchema, stageSchema } from './runs.ts';

export const processMediaInputSchema = z.object({
  mediaItemId: z.int().min(1),
  videoId: z.string(),
  /** Only these terms of the lexicon; `null` looks for all. */
  keywords: z.array(z.string()).nullable(),
  /** Strategies for at most so many of the keywords found, most hits first. */
  maxStrategies: z.int().min(0).max(50),
  /** Candle series to scan; `null` takes every series there is. */
  products: z.array(z.object({ product: productSchema, timeframe: timeframeSchema })).nullable(),
  /** Start at this stage and reuse what earlier ones stored. */
  fromStage: stageSchema.nullable(),
  /** Version of the lexicon it was asked for under: after another term was added it is another wish, not a repetition. */
  lexiconVersion: z.string().optional(),
  /** SHA-256 of the transcript beside the file; null: there is none. A corrected one is another input. */
  transcriptHash: z.string().nullable().optional(),
});
export type ProcessMediaInput = z.infer<typeof processMediaInputSchema>;

export const processMediaResultSchema = z.object({
  mediaItemId: z.int(),
  videoId: z.string(),
  counts: z.record(z.string(), z.number()),
  strategyIds: z.array(z.int()),
  /** Keywords that got no strategy, with the reason's code. */
  withoutStrategy: z.array(z.object({ keyword: z.string(), code: z.string(), message: z.string() })),
  exportIds: z.array(z.int()),
  backend: z.string(),
  secondsPerStage: z.record(z.string(), z.number()),
});
export type ProcessMediaResult = z.infer<typeof processMediaResultSchema>;

export const processLibraryInputSchema = z.object({
  /** Folder relative to MEDIA_ROOT; "." is all of it. */
  folder: z.string(),
  keywords: z.array(z.string()).nullable(),
  maxStrategies: z.int().min(0).max(50),
  products: processMediaInputSchema.shape.products,
  /** Children at once. */
  concurrency: z.int().min(1).max(20),
  /** Where a continued run goes on: paths after this one, in order. Set by the workflow itself. */
  after: z.string().nullable(),
  soFar: z.object({ done: z.int(), skipped: z.int(), failed: z.int() }),
  /** `true` does files again that were done with the same inputs. */
  force: z.boolean(),
  /** Failures of the runs before, the last fifty. Set by the workflow itself. */
  failures: z.array(failureSchema).max(50),
  /** Files a run handles before it continues as new. */
  filesPerRun: z.int().min(1).max(500),
});
export type ProcessLibraryInput = z.infer<typeof processLibraryInputSchema>;
export type ProcessLibraryResult = ProcessLibraryInput['soFar'];

export const generateStrategyInputSchema = z.object({
  keyword: z.string().min(1).max(100),
  /** `null`: examples from the whole library. */
  mediaItemId: z.int().nullable(),
  topK: z.int().min(1).max(20),
  temperature: z.number().min(0).max(1),
  /** `true` asks the model again even if the same inputs were answered before. */
  force: z.boolean(),
});
export type GenerateStrategyInput = z.infer<typeof generateStrategyInputSchema>;
export const generateStrategyResultSchema = z.object({
  strategyId: z.int(),
  keyword: z.string(),
  reused: z.boolean(),
  backend: z.string(),
  citations: z.int(),
  rules: z.int(),
});
export type GenerateStrategyResult = z.infer<typeof generateStrategyResultSchema>;

export const enhanceSignalsInputSchema = z.object({
  /** Signals of these strategies; `null`: every signal whose rating is pending. */
  strategyIds: z.array(z.int()).nullable(),
  /** Signals a run handles before it continues as new. */
  limit: z.int().min(1).max(5_000),
  /** Set by the workflow itself when it continues as new. */
  soFar: z.object({ rated: z.int(), offline: z.int(), backend: z.string() }),
});
export type EnhanceSignalsInput = z.infer<typeof enhanceSignalsInputSchema>;
export const enhanceSignalsResultSchema = z.object({ rated: z.int(), offline: z.int(), backend: z.string() });
export type EnhanceSignalsResult = z.infer<typeof enhanceSignalsResultSchema>;

export const batchGenerateInputSchema = z.object({
  /** `null`: every keyword with at least `minHits` hits. */
  keywords: z.array(z.string()).nullable(),
  minHits: z.int().min(1),
  topK: z.int().min(1).max(20),
  temperature: z.number().min(0).max(1),
  concurrency: z.int().min(1).max(20),
  force: z.boolean(),
  /** Where a continued run goes on. Set by the workflow itself. */
  after: z.string().nullable(),
  soFar: z.object({ made: z.int(), reused: z.int(), failed: z.int() }),
  keywordsPerRun: z.int().min(1).max(500),
});
export type BatchGenerateInput = z.infer<typeof batchGenerateInputSchema>;
export type BatchGenerateResult = BatchGenerateInput['soFar'];

export const embedSegmentsInputSchema = z.object({
  mediaItemId: z.int().min(1),
  videoId: z.string(),
  embeddingType: z.enum(EMBEDDING_TYPES),
  /** Ids that the segments were posted with; their texts are in posted_segments. */
  referenceIds: z.array(z.int()).min(1).max(1_000),
});
export type EmbedSegmentsInput = z.infer<typeof embedSegmentsInputSchema>;
export const embedSegmentsResultSchema = z.object({
  embedded: z.int(),
  reused: z.int(),
  model: z.string(),
  dimension: z.int(),
});
export type EmbedSegmentsResult = z.infer<typeof embedSegmentsResultSchema>;

export const reindexInputSchema = z.object({
  /** `rebuild`: beside the live index, compared, swapped or dropped. `rollback`: back to the index before the live one. */
  action: z.enum(['rebuild', 'rollback']),
  /** The new index goes live when its recall@10 on the stored queries is at least this, and not below the live one's by more than `tolerance`. */
  minRecall: z.number().min(0).max(1),
  tolerance: z.number().min(0).max(1),
  /** Stored queries compared by, most asked first. */
  queries: z.int().min(1).max(1_000),
  itemsPerRun: z.int().min(1).max(500),
  /** Set by the workflow itself when it continues as new. */
  buildId: z.int().nullable(),
  after: z.int().nullable(),
  soFar: z.object({ items: z.int(), points: z.int() }),
});
export type ReindexInput = z.infer<typeof reindexInputSchema>;
export const reindexResultSchema = z.object({
  buildId: z.int(),
  outcome: z.enum(['swapped', 'kept', 'rolled_back']),
  reason: z.string(),
  items: z.int(),
  points: z.int(),
  /** recall@10 against an exact scan; `null` where there was no query or no live index. */
  recall: z.object({ live: z.number().nullable(), built: z.number().nullable() }),
});
export type ReindexResult = z.infer<typeof reindexResultSchema>;
