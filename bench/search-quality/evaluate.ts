/** NDCG@10 of a way to make vectors, on the judged queries, by exact search. */
import type { ChunkSettings } from '../../contracts/transcripts.ts';
import { chunkCues } from '../../domain/transcripts/chunk-cues.ts';
import { type Corpus, loadCorpus } from './corpus.ts';
import { nearest, toRows } from './exact-search.ts';
import { type Hit, ndcg } from './ndcg.ts';

export const DEPTH = 10;

/** Vectors of length 1 in the order of the texts; some models treat a query otherwise than what is searched. */
export type Embed = (texts: string[], options: { kind: 'query' | 'passage' }) => Promise<Float32Array[]>;
export type Quality = {
  /** Mean over the queries, 0 to 1. */
  ndcg10: number;
  /** In the order of the corpus' queries. */
  perQuery: number[];
};

export type TextChunk = Hit & { text: string };

/** What is searched, cut by one policy. */
export const chunksOf = ({ sources }: Corpus, policy: ChunkSettings): TextChunk[] =>
  sources.flatMap(({ source, cues }) =>
    chunkCues(cues, policy).map(({ startMs, endMs, text }) => ({ source, startMs, endMs, text })),
  );

/** `rankings`: the hits of each query, best first. */
export function qualityOf({ queries }: Corpus, rankings: Hit[][]): Quality {
  const perQuery = queries.map(({ moments }, index) => ndcg(rankings[index] ?? [], moments, DEPTH));
  return { ndcg10: perQuery.reduce((sum, value) => sum + value, 0) / perQuery.length, perQuery };
}

/** Embeds chunks and queries with `embed` and searches exactly. `corpus` is loaded when it is not given. */
export async function evaluateEmbedder(options: {
  embed: Embed;
  policy: ChunkSettings;
  corpus?: Corpus | undefined;
}): Promise<Quality> {
  const { embed, policy, corpus = await loadCorpus() } = options;
  const chunks = chunksOf(corpus, policy);
  const passages = chunks.map(({ text }) => text);
  const asked = corpus.queries.map(({ query }) => query);
  const rows = toRows(await embed(passages, { kind: 'passage' }));
  const queries = await embed(asked, { kind: 'query' });
  const rankings = queries.map((query) => nearest(rows, query, DEPTH).flatMap((row) => chunks[row] ?? []));
  return qualityOf(corpus, rankings);
}
