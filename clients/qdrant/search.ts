/** Nearest points by meaning, by words, or by both. */
import type { QdrantClient, Schemas } from '@qdrant/js-client-rest';
import { TapeworksError } from '../../contracts/errors.ts';
import { DENSE, SPARSE } from './collections.ts';
import { ask } from './errors.ts';
import { toQdrantFilter } from './filter.ts';
import { toPayload } from './payload.ts';
import { searchParams } from './quantize.ts';
import type { GroupedSearchRequest, SearchGroup, SearchRequest, SearchResult } from './types.ts';

/** Each side of a hybrid search offers this many times the wanted number of candidates; and so do words, before the bound. */
const CANDIDATES = 4;
const MAX_CANDIDATES = 400;
const MAX_GROUPED = 2_000;
/** Cosine similarity of anything is at least this: a bound that bounds nothing. */
const NO_BOUND = -1;
/** Qdrant's own model: it splits, stems and weighs the words; the collection's IDF modifier does the rest. */
export const bm25 = (text: string) => ({ text, model: 'qdrant/bm25' });

export async function search(client: QdrantClient, where: string, request: SearchRequest): Promise<SearchResult[]> {
  const { mode, topK, offset = 0 } = request;
  if (mode === 'dense') {
    const body = { ...ranking(request, topK), limit: topK, offset, with_payload: true };
    const { points } = await ask('search', () => client.query(where, body));
    return points.map((point) => toResult(point, request));
  }
  // Word matches may be unlike in meaning: more are asked for, and those below the bound left out after.
  const limit = candidates(topK + offset);
  const body = { ...ranking(request, limit), limit, with_payload: true, with_vector: [DENSE] };
  const { points } = await ask('search', () => client.query(where, body));
  return points
    .map((point) => toResult(point, request))
    .filter(({ similarity }) => similarity >= request.minSimilarity)
    .slice(offset, offset + topK);
}

export async function searchByMedia(
  client: QdrantClient,
  where: string,
  request: GroupedSearchRequest,
): Promise<SearchGroup[]> {
  const { mode, topK, groupSize, minSimilarity } = request;
  const perGroup = groupSize * CANDIDATES;
  const filteredAfter = mode !== 'dense' && minSimilarity > NO_BOUND;
  const { groups } = await ask('search', () =>
    client.queryGroups(where, {
      ...ranking(request, candidates(topK * groupSize)),
      group_by: 'media_item_id',
      group_size: filteredAfter ? perGroup : groupSize,
      // Each candidate comes with its vector: so many and no more are held at once.
      limit: filteredAfter ? Math.max(topK, Math.min(candidates(topK), Math.floor(MAX_GROUPED / perGroup))) : topK,
      with_payload: true,
      with_vector: mode === 'dense' ? false : [DENSE],
    }),
  );
  return groups
    .map(({ id, hits }) => ({
      mediaItemId: Number(id),
      results: hits
        .map((point) => toResult(point, request))
        .filter(({ similarity }) => mode === 'dense' || similarity >= minSimilarity)
        .slice(0, groupSize),
    }))
    .filter(({ results }) => results.length > 0)
    .slice(0, topK);
}

type Ranking = Pick<Schemas['QueryRequest'], 'query' | 'using' | 'prefetch' | 'filter' | 'score_threshold' | 'params'>;

/** What the points are ordered by; `limit`: candidates of each side, where there are two. */
function ranking(request: Omit<SearchRequest, 'offset'>, limit: number): Ranking {
  const { mode, vector, minSimilarity } = request;
  const wanted = toQdrantFilter(request.filter);
  const filter = wanted ? { filter: wanted } : {};
  const meaning = {
    query: [...vector],
    using: DENSE,
    score_threshold: minSimilarity,
    params: searchParams(request.exact ?? false),
    ...filter,
  };
  if (mode === 'dense') return meaning;
  const words = { query: bm25(wordsOf(request)), using: SPARSE, ...filter };
  if (mode === 'bm25') return words;
  return {
    prefetch: [
      { ...meaning, limit },
      { ...words, limit },
    ],
    query: { fusion: 'rrf' },
  };
}

function wordsOf({ mode, text }: Pick<SearchRequest, 'mode' | 'text'>): string {
  if (text !== undefined && text.trim() !== '') return text;
  throw new TapeworksError('INVALID_INPUT', `A search by ${mode} needs the text that is asked for.`);
}

const candidates = (wanted: number) => Math.min(wanted * CANDIDATES, Math.max(wanted, MAX_CANDIDATES));

function toResult(
  point: Schemas['ScoredPoint'],
  { mode, vector }: Pick<SearchRequest, 'mode' | 'vector'>,
): SearchResult {
  const id = String(point.id);
  const similarity = mode === 'dense' ? point.score : cosine(vector, denseOf(point.vector));
  return { id, similarity, score: point.score, payload: toPayload(id, point.payload) };
}

/** The dense vector of a point that was asked for with its vectors. */
export function denseOf(vectors: Schemas['VectorStructOutput'] | Record<string, unknown> | null | undefined): number[] {
  const dense = vectors && !Array.isArray(vectors) && typeof vectors === 'object' ? vectors[DENSE] : undefined;
  return Array.isArray(dense) ? dense.filter((value): value is number => typeof value === 'number') : [];
}

/** Of two vectors of one length; 0 where one is nothing. */
export function cosine(left: ArrayLike<number>, right: ArrayLike<number>): number {
  let product = 0;
  let squares = 0;
  let others = 0;
  for (let column = 0; column < left.length; column += 1) {
    const a = left[column] ?? 0;
    const b = right[column] ?? 0;
    product += a * b;
    squares += a * a;
    others += b * b;
  }
  const lengths = Math.sqrt(squares * others);
  return lengths === 0 ? 0 : product / lengths;
}
