/** The labelled set as it is committed: windows read whole, places in them, and where the transcripts come from. No texts. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { categorySchema } from '../../contracts/keywords.ts';

export const PARTS = ['dev', 'test', 'tune', 'check'] as const;
export const partSchema = z.enum(PARTS);
export type Part = z.infer<typeof partSchema>;

/** A stretch of a source that was read whole: milliseconds `[fromMs, toMs)` from the start of the media. */
const windowSchema = z.strictObject({ source: z.string(), fromMs: z.int().min(0), toMs: z.int().positive() });
export type Window = z.infer<typeof windowSchema>;

/**
 * A place in a window. `verdict` true: the term is spoken there in its trading sense; false: its spelling stands there and means
 * something else, for the `reason`. `also`: terms that name the same place as well as `term` does. `form` of a true label, where it
 * is not said outright: `misheard` by the speech recognition ("chalk" for CHoCH), `elliptical` ("London and New York sessions").
 */
const labelSchema = z.strictObject({
  source: z.string(),
  atMs: z.int().min(0),
  term: z.string(),
  category: categorySchema,
  verdict: z.boolean(),
  also: z.array(z.string()).default([]),
  form: z.enum(['misheard', 'elliptical']).optional(),
  reason: z.enum(['thanks', 'other-sense', 'other-words', 'other-concept', 'mathematics']).optional(),
});
export type Label = z.infer<typeof labelSchema>;

const labelledSchema = z.strictObject({ windows: z.array(windowSchema).min(1), labels: z.array(labelSchema).min(1) });
export type Labelled = z.infer<typeof labelledSchema>;

/** `blob` is git's id of the file's content; `form` says what becomes of it; `sha256` is that of the result, named `file`. */
const sourceSchema = z.strictObject({
  id: z.string(),
  file: z.string().regex(/^[\w.-]+\.json$/),
  repository: z.string().regex(/^[\w.-]+\/[\w.-]+$/),
  path: z.string(),
  blob: z.string().regex(/^[0-9a-f]{40}$/),
  form: z.enum(['as-is', 'word-spans']),
  licence: z.string(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
export type Source = z.infer<typeof sourceSchema>;

const readJson = (name: string): unknown => JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8'));

/** The labels of one part. */
export const readLabels = (part: Part): Labelled => labelledSchema.parse(readJson(`labels/${part}.json`));

/** All sources that the labels refer to. */
export const readSources = (): Source[] => z.array(sourceSchema).parse(readJson('sources.json'));
