/** What is searched: five lectures and our sample lesson, and the queries with the moments that answer them. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { Cue } from '../../contracts/transcripts.ts';
import { fromRoot } from '../../deploy/local/setup/paths.mjs';
import { readTranscript } from '../../domain/transcripts/read-transcript.ts';

const LESSON = { source: 'trading-basics', file: fromRoot('samples/lesson/trading-basics.srt') };
const LECTURES = [
  'mit18s096_L01_intro_terms',
  'mit18s096_L09_volatility',
  'mit18s096_L16_portfolio_mgmt',
  'mit15401_options_II',
  'mit15401_efficient_markets_I',
];

const momentSchema = z
  .strictObject({
    source: z.enum([LESSON.source, ...LECTURES]),
    fromMs: z.int().min(0),
    toMs: z.int(),
    grade: z.union([z.literal(1), z.literal(2)]),
  })
  .refine(({ fromMs, toMs }) => fromMs < toMs, 'fromMs comes before toMs');
const querySchema = z.strictObject({
  kind: z.enum(['name', 'question', 'paraphrase', 'abbreviation', 'typo']),
  query: z.string().min(2),
  moments: z.array(momentSchema).min(1),
});
export const judgementsSchema = z.strictObject({ queries: z.array(querySchema) });
export type JudgedQuery = z.infer<typeof querySchema>;

export type Source = { source: string; cues: Cue[] };
/** `missing`: sources whose transcript was not found; `queries` are those with a moment in one that was. */
export type Corpus = { sources: Source[]; missing: string[]; queries: JudgedQuery[]; judged: number };

/** The folder with the lectures' .srt files: `BENCH_TRANSCRIPTS`, or what the repository has of them. */
const lectureDir = () => process.env.BENCH_TRANSCRIPTS ?? fromRoot('tests/fixtures/transcripts/mit_ocw');

/** Reads what there is. Moments of missing sources are left out: nothing can be found there. */
export async function loadCorpus(dir = lectureDir()): Promise<Corpus> {
  const wanted = [LESSON, ...LECTURES.map((source) => ({ source, file: path.join(dir, `${source}.srt`) }))];
  const there = wanted.filter(({ file }) => existsSync(file));
  const sources = await Promise.all(
    there.map(async ({ source, file }) => ({
      source,
      cues: readTranscript(await readFile(file), path.basename(file)).cues,
    })),
  );
  const { queries } = await readJudgements();
  const known = new Set(there.map(({ source }) => source));
  return {
    sources,
    missing: wanted.map(({ source }) => source).filter((source) => !known.has(source)),
    queries: queries
      .map((query) => ({ ...query, moments: query.moments.filter(({ source }) => known.has(source)) }))
      .filter(({ moments }) => moments.length > 0),
    judged: queries.length,
  };
}

export async function readJudgements(): Promise<z.infer<typeof judgementsSchema>> {
  return judgementsSchema.parse(JSON.parse(await readFile(new URL('judgements.json', import.meta.url), 'utf8')));
}
