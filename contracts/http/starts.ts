/** Bodies of the requests that start work. Unknown fields are refused, so that a misspelt option is not silently ignored. */
import { z } from 'zod';
import { productSchema, timeframeSchema } from '../candles.ts';
import { videoIdSchema } from '../media.ts';
import { stageSchema } from '../runs.ts';
import { MAX_ID, startedSchema } from './common.ts';

const keywords = z
  .array(z.string().min(1).max(100))
  .min(1)
  .max(200)
  .nullable()
  .default(null)
  .meta({ description: 'Terms of the lexicon or their variants; null: all.' });
const products = z
  .array(z.object({ product: productSchema, timeframe: timeframeSchema }))
  .min(1)
  .max(50)
  .nullable()
  .default(null)
  .meta({ description: 'Candle series to scan; null: every one there is.' });
const maxStrategies = z.int().min(0).max(50).default(8);
const force = z
  .boolean()
  .default(false)
  .meta({ description: 'Do it again although it was done with the same inputs.' });
const topK = z.int().min(1).max(20).default(5);
const temperature = z.number().min(0).max(1).default(0.7);
const mediaId = z.int().min(1).max(MAX_ID);
const mediaPath = z
  .string()
  .min(1)
  .max(4_096)
  .meta({ description: 'Path of the file, relative to MEDIA_ROOT or inside it.' });

export const createMediaSchema = z
  .strictObject({
    path: mediaPath,
    video_id: videoIdSchema.optional(),
    title: z.string().min(1).max(300).optional(),
    keywords,
    max_strategies: maxStrategies,
    products,
    force,
    process: z.boolean().default(true).meta({ description: 'false only registers the file.' }),
  })
  .meta({ id: 'CreateMedia' });

/** Form fields of an upload, after `fieldsOf` has read them. */
export const uploadFieldsSchema = createMediaSchema.omit({ path: true });
export type UploadFields = z.infer<typeof uploadFieldsSchema>;

export const mediaStartedSchema = startedSchema
  .extend({
    workflowId: z.string().nullable(),
    statusUrl: z.string().nullable(),
    temporalUrl: z.string().nullable(),
    mediaId: z.int(),
    videoId: z.string(),
  })
  .meta({ id: 'MediaStarted', description: 'Workflow fields are null with "process": false.' });
export type MediaStarted = z.infer<typeof mediaStartedSchema>;

export const processMediaBody = z
  .strictObject({
    media_id: mediaId.optional(),
    video_id: videoIdSchema.optional(),
    path: mediaPath.optional(),
    keywords,
    max_strategies: maxStrategies,
    products,
    force,
    from_stage: stageSchema
      .nullable()
      .default(null)
      .meta({ description: 'Start here and reuse what earlier stages stored; implies force.' }),
  })
  .refine((body) => [body.media_id, body.video_id, body.path].filter((item) => item !== undefined).length === 1, {
    message: 'give exactly one of media_id, video_id and path',
  })
  .meta({ id: 'ProcessMedia' });

export const processLibraryBody = z
  .strictObject({
    folder: z
      .string()
      .min(1)
      .max(4_096)
      .default('.')
      .meta({ description: 'Folder relative to MEDIA_ROOT; "." is all of it.' }),
    keywords,
    max_strategies: maxStrategies,
    products,
    concurrency: z.int().min(1).max(20).default(2),
    files_per_run: z.int().min(1).max(500).default(100),
    force,
  })
  .meta({ id: 'ProcessLibrary' });
export type ProcessLibraryBody = z.infer<typeof processLibraryBody>;

export const generateStrategyBody = z
  .strictObject({
    keyword: z.string().min(1).max(100),
    media_id: mediaId.nullable().default(null).meta({ description: 'Examples of this item only; null: of all.' }),
    top_k: topK,
    temperature,
    force,
  })
  .meta({ id: 'GenerateStrategy' });

export const enhanceSignalsBody = z
  .strictObject({
    strategy_ids: z
      .array(z.int().min(1).max(MAX_ID))
      .min(1)
      .max(500)
      .nullable()
      .default(null)
      .meta({ description: 'null: every signal whose rating is pending.' }),
    limit: z.int().min(1).max(5_000).default(1_000),
  })
  .meta({ id: 'EnhanceSignals' });

export const batchGenerateBody = z
  .strictObject({
    name: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/, 'letters, digits, ".", "_" and "-", at most 80')
      .default('all')
      .meta({ description: 'Batches of one name never run twice at once.' }),
    keywords,
    min_hits: z.int().min(1).max(100_000).default(1),
    top_k: topK,
    temperature,
    concurrency: z.int().min(1).max(20).default(2),
    keywords_per_run: z.int().min(1).max(500).default(100),
    force,
  })
  .meta({ id: 'BatchGenerate' });
export type BatchGenerateBody = z.infer<typeof batchGenerateBody>;

export const reindexBody = z
  .strictObject({
    action: z.enum(['rebuild', 'rollback']).default('rebuild').meta({
      description: 'rebuild: beside the live index, compared, swapped or dropped; rollback: back to the index before.',
    }),
    min_recall: z
      .number()
      .min(0)
      .max(1)
      .default(0.95)
      .meta({ description: 'recall@10 on the stored queries that the new index must reach.' }),
    tolerance: z.number().min(0).max(1).default(0.01).meta({ description: 'How far it may lie below the live one.' }),
    queries: z.int().min(1).max(1_000).default(100),
    items_per_run: z.int().min(1).max(500).default(100),
  })
  .meta({ id: 'Reindex' });
