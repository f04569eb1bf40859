/** Transcripts: cues with times, words where the source has them, and how the text was read. */
import { z } from 'zod';

/** `speech`: made by speech recognition; `text`: plain text, whose times may be estimates. */
export const transcriptFormatSchema = z.enum([
  'srt',
  'vtt',
  'whisper-json',
  'youtube-json',
  'timedtext',
  'ttml',
  'text',
  'speech',
]);
export type TranscriptFormat = z.infer<typeof transcriptFormatSchema>;

export const wordSchema = z.object({ text: z.string(), startMs: z.int(), endMs: z.int() });
export type Word = z.infer<typeof wordSchema>;

/** One cue. `index` counts from 0 in order of time; `text` is plain (no tags, entities decoded, one line). */
export const cueSchema = z.object({
  index: z.int().min(0),
  startMs: z.int().min(0),
  endMs: z.int().min(0),
  text: z.string().min(1),
  words: z.array(wordSchema).optional(),
});
export type Cue = z.infer<typeof cueSchema>;

/** Something the reader mended or left out, for the quality report. `line` counts from 1. */
export const repairSchema = z.object({ line: z.int().nullable(), what: z.string() });
export type Repair = z.infer<typeof repairSchema>;

export const transcriptSchema = z.object({
  format: transcriptFormatSchema,
  language: z.string().nullable(),
  cues: z.array(cueSchema),
  repairs: z.array(repairSchema),
  /** Times are reckoned from the length of the text, since it has none. */
  estimatedTimes: z.boolean().optional(),
});
export type Transcript = z.infer<typeof transcriptSchema>;

/** A cue as stored: `id` is its database id, which citations refer to. */
export type StoredCue = Cue & { id: number };

/** What a transcript is worth. Shares are 0–1 of all cues; times in milliseconds. */
export const transcriptQualitySchema = z.object({
  cues: z.int(),
  words: z.int(),
  wordsPerMinute: z.number(),
  /** Silences of 3 s and more. */
  gaps: z.object({ count: z.int(), totalMs: z.int(), longestMs: z.int() }),
  overlaps: z.object({ count: z.int(), share: z.number() }),
  /** Cues that begin and end with another: a sign of times that are made up. */
  sharedTimes: z.object({ count: z.int(), share: z.number() }),
  /** Cues that say again what those just before said, as a recogniser in a loop does. */
  repetition: z.object({ loops: z.int(), longest: z.int(), share: z.number() }),
  language: z.string().nullable(),
  /** Times are reckoned from the length of the text, not read. */
  estimatedTimes: z.boolean(),
  /** Share of the words that are neither repeated in a loop nor without a usable time. */
  usableShare: z.number().min(0).max(1),
  verdict: z.enum(['good', 'fair', 'poor']),
  /** Whether clips are cut, and why (not). */
  clipping: z.object({ go: z.boolean(), reason: z.string() }),
});
export type TranscriptQuality = z.infer<typeof transcriptQualitySchema>;

export const CHUNKING_POLICIES = ['cue', 'sentence', 'window'] as const;
/** What one vector stands for. `window`: whole sentences up to `windowMs`, the next window going back by `overlapMs`. */
export const chunkSettingsSchema = z.object({
  policy: z.enum(CHUNKING_POLICIES),
  windowMs: z.int().min(1_000).default(30_000),
  overlapMs: z.int().min(0).default(10_000),
});
export type ChunkSettings = z.infer<typeof chunkSettingsSchema>;

/** `cueIndexes` are the cues whose words it holds, in order. */
export const chunkSchema = z.object({
  index: z.int().min(0),
  startMs: z.int().min(0),
  endMs: z.int().min(0),
  text: z.string().min(1),
  cueIndexes: z.array(z.int()).min(1),
});
export type Chunk = z.infer<typeof chunkSchema>;
