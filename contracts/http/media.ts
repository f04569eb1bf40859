/** Media items and what was found in them. Times twice: seconds as decimals, as the documented endpoints name them, and milliseconds. */
import { z } from 'zod';
import { transcriptQualitySchema } from '../transcripts.ts';
import { pageOf } from './common.ts';

const span = {
  start_time: z.number(),
  end_time: z.number(),
  start_ms: z.int(),
  end_ms: z.int(),
};

export const mediaSchema = z
  .object({
    id: z.int(),
    video_id: z.string(),
    title: z.string(),
    kind: z.string(),
    path: z.string(),
    store: z.string(),
    content_hash: z.string(),
    size_bytes: z.number(),
    duration: z.number().nullable(),
    duration_ms: z.int().nullable(),
    searchable_at: z.string().nullable(),
    created_at: z.string(),
    counts: z.object({
      cues: z.int(),
      hits: z.int(),
      clips: z.int(),
      concepts: z.int(),
      frames: z.int(),
      vectors: z.int(),
    }),
  })
  .meta({ id: 'Media' });
export const mediaPageSchema = pageOf(mediaSchema).meta({ id: 'MediaPage' });

export const hitSchema = z
  .object({
    id: z.int(),
    media_item_id: z.int(),
    video_id: z.string(),
    keyword: z.string(),
    category: z.string(),
    variant: z.string(),
    ...span,
    confidence: z.number(),
    /** "semantic": the concept is explained without its name. */
    method: z.enum(['lexical', 'semantic']),
    context_text: z.string(),
    cue_ids: z.array(z.int()),
    clip_id: z.int().nullable(),
    clip_url: z.string().nullable(),
  })
  .meta({ id: 'KeywordHit' });
export const hitPageSchema = pageOf(hitSchema).meta({ id: 'KeywordHitPage' });

export const clipSchema = z
  .object({
    id: z.int(),
    media_item_id: z.int(),
    video_id: z.string(),
    ...span,
    duration: z.number(),
    size_bytes: z.number(),
    text: z.string(),
    keywords: z.array(z.string()),
    clip_url: z.string(),
    thumbnail_url: z.string().nullable(),
    contact_sheet_url: z.string().nullable(),
    subtitles_url: z.string(),
    /** How it was cut: smart (groups of pictures copied, ends re-encoded), copy or reencode; `method_reason` says why not smart. */
    method: z.string(),
    method_reason: z.string().nullable(),
    /** Where the file really begins; earlier than start_time when cut at a keyframe. */
    cut_start_time: z.number(),
  })
  .meta({ id: 'Clip' });
export const clipPageSchema = pageOf(clipSchema).meta({ id: 'ClipPage' });

export const transcriptAnswerSchema = z
  .object({
    media_item_id: z.int(),
    video_id: z.string(),
    format: z.string(),
    origin: z.string(),
    language: z.string().nullable(),
    /** null: read by an earlier version; a new run tells it. */
    quality: transcriptQualitySchema.meta({ id: 'TranscriptQuality' }).nullable(),
    repairs: z.unknown(),
    items: z.array(z.object({ id: z.int(), index: z.int(), text: z.string(), ...span })),
    next_cursor: z.string().nullable(),
  })
  .meta({ id: 'TranscriptPage' });

export const conceptAnswerSchema = z
  .object({
    id: z.int(),
    term: z.string(),
    category: z.string(),
    parameter: z.string().nullable(),
    value: z.number().nullable(),
    /** Price relation, such as "crosses_above", to `reference`. */
    relation: z.string().nullable(),
    reference: z.string().nullable(),
    quote: z.string(),
    ...span,
    clip_id: z.int().nullable(),
    clip_url: z.string().nullable(),
  })
  .meta({ id: 'Concept' });
export const conceptPageSchema = pageOf(conceptAnswerSchema).meta({ id: 'ConceptPage' });

export const frameSchema = z
  .object({
    id: z.int(),
    timestamp: z.number(),
    timestamp_ms: z.int(),
    text: z.string().nullable(),
    ocr_confidence: z.number().nullable(),
    clip_id: z.int().nullable(),
    image_url: z.string(),
  })
  .meta({ id: 'Frame' });
export const framePageSchema = pageOf(frameSchema).meta({ id: 'FramePage' });
