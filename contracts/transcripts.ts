/** Transcripts: cues with times, words where the source has them, and how the text was read. */
import { z } from 'zod';

export const transcriptFormatSchema = z.enum(['srt', 'vtt', 'whisper-json']);
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
});
export type Transcript = z.infer<typeof transcriptSchema>;

/** A cue as stored: `id` is its database id, which citations refer to. */
export type StoredCue = Cue & { id: number };
