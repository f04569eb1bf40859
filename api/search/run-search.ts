/** One search: the question's vector, the index, and the answer with clip and time of every moment. */
import { TapeworksError } from '../../contracts/errors.ts';
import type { SearchAnswer, SearchBody, SearchFilters, SearchHit } from '../../contracts/http/search.ts';
import type { SearchableType } from '../../contracts/names.ts';
import type { Build, IndexFilter } from '../../clients/qdrant/index.ts';
import { recordQuery } from '../../clients/database/search-queries.ts';
import { requireKeyword } from '../../domain/keywords/lexicon.ts';
import type { ApiDependencies } from '../deps.ts';
import { withPresentClips } from './present-clips.ts';
import { showHit } from './show-hit.ts';

type SearchDependencies = Pick<
  ApiDependencies,
  'config' | 'database' | 'searchIndex' | 'queryVectors' | 'reranker' | 'lexicon' | 'log'
>;
export type SearchWish = Omit<SearchBody, 'embedding_type'>;

/** Candidates the cross-encoder orders anew, or as many as are wanted; what is behind them stays behind. */
const RERANKED = 50;
/** Of a media item, at least: its best moment need not be among the few that are wanted of it. */
const RERANKED_OF_ITEM = 10;
/** Below any cosine similarity. */
const NO_BOUND = -1;

/**
 * `types` more than one: the moments of all, best first. Throws UNKNOWN_KEYWORD, NOT_FOUND (no such video_id), EMBEDDER_UNAVAILABLE,
 * RERANKER_UNAVAILABLE, QDRANT_UNAVAILABLE.
 */
export async function runSearch(
  deps: SearchDependencies,
  wish: SearchWish,
  types: readonly SearchableType[],
): Promise<SearchAnswer> {
  const startedAt = performance.now();
  const { query, mode, top_k: topK, group_by: groupBy } = wish;
  const filter = await toIndexFilter(deps, wish.filters);
  // The build that is live now, by name: should another take its place meanwhile, question and moments are still of one model.
  const build = await liveBuild(deps);
  const index = deps.searchIndex.of(build);
  const { model } = build;
  const vector = await deps.queryVectors.vector(model, query);
  // Words are there or not, whatever the vectors say: without a bound asked for, none is drawn.
  const minSimilarity = mode !== 'dense' && wish.min_similarity === 0 ? NO_BOUND : wish.min_similarity;
  const request = { vector, text: query, mode, minSimilarity, filter };
  const limit = wish.rerank ? Math.max(topK, RERANKED) : topK;
  const grouping = wish.rerank
    ? { topK: Math.max(topK, RERANKED / RERANKED_OF_ITEM), groupSize: Math.max(wish.group_size, RERANKED_OF_ITEM) }
    : { topK, groupSize: wish.group_size };
  const found = await Promise.all(
    types.map(async (type) => {
      const results =
        groupBy === null
          ? await index.search(type, { ...request, topK: limit })
          : (await index.searchByMedia(type, { ...request, ...grouping })).flatMap((group) => group.results);
      return results.map((result) => showHit(type, result, query));
    }),
  );
  const hits = (await withPresentClips(deps.database, found.flat())).sort(best);
  const ordered = wish.rerank ? await rerank(deps, query, hits, limit) : hits;
  remember(deps, query, types);
  const groups = groupBy === null ? null : toGroups(ordered, topK, wish.group_size);
  const results = groups ? groups.flatMap((group) => group.results) : ordered.slice(0, topK);
  return {
    query,
    embedding_type: types.length === 1 ? (types[0] as SearchableType) : 'all',
    mode,
    model,
    total: results.length,
    results,
    groups,
    took_ms: Math.round((performance.now() - startedAt) * 10) / 10,
  };
}

/** Throws INDEX_MISSING before the first worker has made the index. */
export async function liveBuild({ searchIndex }: Pick<SearchDependencies, 'searchIndex'>): Promise<Build> {
  const build = await searchIndex.live();
  if (build) return build;
  throw new TapeworksError('INDEX_MISSING', 'There is no index yet.');
}

const best = (a: SearchHit, b: SearchHit) =>
  b.score - a.score || b.similarity - a.similarity || a.point_id.localeCompare(b.point_id);

/** The first `most` of `hits` ordered anew. */
async function rerank({ reranker }: SearchDependencies, query: string, hits: SearchHit[], most: number) {
  if (reranker === null) throw new TapeworksError('RERANKER_UNAVAILABLE', 'No reranking model is configured.');
  const { score } = await reranker();
  const candidates = hits.slice(0, most);
  const scores = await score(
    query,
    candidates.map(({ text }) => text),
  );
  const scored = candidates.map((hit, index) => ({ ...hit, score: scores[index] ?? hit.score }));
  return [...scored.sort(best), ...hits.slice(most)];
}

/** Media items in the order of their best moment. */
function toGroups(ordered: SearchHit[], limit: number, size: number): NonNullable<SearchAnswer['groups']> {
  const groups = new Map<number, NonNullable<SearchAnswer['groups']>[number]>();
  for (const hit of ordered) {
    const { media_item_id, video_id } = hit;
    const group = groups.get(media_item_id) ?? { media_item_id, video_id, results: [] };
    if (group.results.length < size) group.results.push(hit);
    groups.set(media_item_id, group);
  }
  return [...groups.values()].slice(0, limit);
}

async function toIndexFilter({ database, lexicon }: SearchDependencies, filters: SearchFilters): Promise<IndexFilter> {
  const { media_item_id, video_id, keyword, category, from_time, to_time, min_confidence } = filters;
  const ids = media_item_id === undefined ? undefined : [media_item_id].flat();
  const named = video_id === undefined ? undefined : await idsOf(database, [video_id].flat());
  const both = ids && named ? ids.filter((id) => named.includes(id)) : (ids ?? named);
  const terms = keyword === undefined ? undefined : await canonical(lexicon, [keyword].flat());
  return {
    // No item is both: no item has id 0.
    mediaItemId: both?.length === 0 ? [0] : both,
    keyword: terms,
    category,
    fromMs: from_time === undefined ? undefined : Math.round(from_time * 1_000),
    toMs: to_time === undefined ? undefined : Math.round(to_time * 1_000),
    minConfidence: min_confidence,
  };
}

async function canonical(lexicon: SearchDependencies['lexicon'], keywords: string[]): Promise<string[]> {
  const known = await lexicon();
  return keywords.map((keyword) => requireKeyword(known, keyword));
}

async function idsOf(database: SearchDependencies['database'], videoIds: string[]): Promise<number[]> {
  const items = await database.mediaItem.findMany({
    where: { videoId: { in: videoIds } },
    select: { id: true, videoId: true },
  });
  const missing = videoIds.filter((videoId) => !items.some((item) => item.videoId === videoId));
  if (missing.length > 0)
    throw new TapeworksError('NOT_FOUND', `There is no media item "${missing[0]?.slice(0, 120)}".`, { missing });
  return items.map(({ id }) => id);
}

/** Kept for comparing indexes later; an answer does not wait for it, nor fail by it. */
function remember({ config, database, log }: SearchDependencies, text: string, types: readonly SearchableType[]): void {
  if (!config.STORE_QUERIES) return;
  Promise.all(types.map((type) => recordQuery(database, { type, text }))).catch((error: unknown) => {
    log.warn({ err: error }, 'the query was answered, but not kept');
  });
}
