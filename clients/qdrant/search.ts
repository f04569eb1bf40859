/** Nearest points by meaning, or by meaning and words together. */
import type { QdrantClient, Schemas } from '@qdrant/js-client-rest';
import { TapeworksError } from '../../contracts/errors.ts';
import { DENSE, SPARSE } from './collections.ts';
import { ask } from './errors.ts';
import { type IndexFilter, toQdrantFilter } from './filter.ts';

/** Each side of a hybrid search offers this many times `topK` candidates. */
const CANDIDATES = 4;
const MAX_CANDIDATES = 400;
/** Qdrant's own model: it splits, stems and weighs the words; the collection's IDF modifier does the rest. */
export const bm25 = (text: string) => ({ text, model: 'qdrant/bm25' });

export type SearchRequest = {
  vector: Float32Array;
  /** The words asked for; needed by `hybrid`. */
  text?: string | undefined;
  mode: 'dense' | 'hybrid';
  topK: number;
  /** Cosine similarity, −1 to 1, that every result reaches in either mode. */
  minSimilarity: number;
  filter?: IndexFilter | undefined;
};
export type SearchResult = {
  id: string;
  /** Cosine similarity of query and point. */
  similarity: number;
  /** What the results are ordered by: the similarity, or the rank fusion of `hybrid`. */
  score: number;
  payload: Record<string, unknown>;
};

/** Best first, at most `topK`. */
export async function search(
  client: QdrantClient,
  collection: string,
  request: SearchRequest,
): Promise<SearchResult[]> {
  const hybrid = request.mode === 'hybrid';
  const query = hybrid ? hybridQuery(request) : denseQuery(request);
  const { points } = await ask('search', () => client.query(collection, { ...query, with_payload: true }));
  return points
    .map((point) => ({
      id: String(point.id),
      similarity: hybrid ? cosine(request.vector, denseOf(point)) : point.score,
      score: point.score,
      payload: point.payload ?? {},
    }))
    .filter((result) => result.similarity >= request.minSimilarity)
    .slice(0, request.topK);
}

function denseQuery({ vector, topK, minSimilarity, filter }: SearchRequest): Schemas['QueryRequest'] {
  return { query: [...vector], using: DENSE, limit: topK, score_threshold: minSimilarity, ...filtered(filter) };
}

/** Word matches may be unlike in meaning, so more are asked for than `topK` and those below `minSimilarity` left out after. */
function hybridQuery({ vector, text, topK, minSimilarity, filter }: SearchRequest): Schemas['QueryRequest'] {
  if (text === undefined || text.trim() === '')
    throw new TapeworksError('INVALID_INPUT', 'A hybrid search needs the text that is asked for.');
  const limit = Math.min(topK * CANDIDATES, Math.max(topK, MAX_CANDIDATES));
  return {
    prefetch: [
      { query: [...vector], using: DENSE, limit, score_threshold: minSimilarity, ...filtered(filter) },
      { query: bm25(text), using: SPARSE, limit, ...filtered(filter) },
    ],
    query: { fusion: 'rrf' },
    limit,
    with_vector: [DENSE],
  };
}

function filtered(filter: IndexFilter | undefined) {
  const wanted = toQdrantFilter(filter);
  return wanted ? { filter: wanted } : {};
}

function denseOf(point: Schemas['ScoredPoint']): number[] {
  const vectors = point.vector;
  const dense = vectors && !Array.isArray(vectors) && typeof vectors === 'object' ? vectors[DENSE] : undefined;
  return Array.isArray(dense) ? dense.filter((value): value is number => typeof value === 'number') : [];
}

function cosine(query: Float32Array, point: number[]): number {
  let product = 0;
  query.forEach((value, column) => {
    product += value * (point[column] ?? 0);
  });
  const lengths = Math.hypot(...query) * Math.hypot(...point);
  return lengths === 0 ? 0 : product / lengths;
}
