/** How well a new build of the index finds what it should. On the gpu queue, as it embeds queries. */
import type { Database } from '../clients/database/client.ts';
import { getBuild, toBuild } from '../clients/database/index-builds.ts';
import { type AskedQuery, mostAsked } from '../clients/database/search-queries.ts';
import type { Embedder } from '../clients/embedder/index.ts';
import type { Build, Collections, SearchResult, VectorIndex } from '../clients/qdrant/index.ts';
import { cosine } from '../clients/qdrant/search.ts';
import type { ReindexInput } from '../contracts/messages.ts';
import { SEARCHABLE_TYPES } from '../contracts/names.ts';
import { beat, cancellation } from './heartbeat.ts';
import { type Evidence, judge } from './reindex-verdict.ts';

const TOP = 10;
/** With fewer stored queries than this, keywords of the library are asked for, too. */
const ENOUGH_QUERIES = 20;
const SAMPLE = 64;
/** int8 and fp32 of one model differ by less (0.98); another model's vectors, or another text's, by far more. */
const FAITHFUL = 0.95;
/** Scores of one point differ by as much between an exact and an approximate search. */
const TIE = 1e-5;
const QUERIES_AT_ONCE = 32;

type Dependencies = {
  database: Database;
  embedder: () => Promise<Embedder>;
  searchIndex: () => Promise<VectorIndex>;
};
type Wanted = { buildId: number } & Pick<ReindexInput, 'queries' | 'minRecall' | 'tolerance'>;

export const createComparingActivities = ({ database, embedder, searchIndex }: Dependencies) => ({
  /** recall@10 of the live index and of the build against an exact scan of the build, and whether its vectors are those of its texts. */
  async compareBuilds({ buildId, queries, minRecall, tolerance }: Wanted) {
    const [index, model] = await Promise.all([searchIndex(), embedder()]);
    const build = toBuild(await getBuild(database, buildId));
    const asked = await queriesToAsk(database, queries);
    const recall = await measureRecall(index, model, build, asked);
    const evidence: Evidence = { ...recall, ...(await sampleVectors(index.of(build), model)) };
    return { ...evidence, ...judge(evidence, { minRecall, tolerance }) };
  },
});

async function queriesToAsk(database: Database, limit: number): Promise<AskedQuery[]> {
  const stored = await mostAsked(database, limit);
  if (stored.length >= Math.min(ENOUGH_QUERIES, limit)) return stored;
  const taught = await database.keywordHit.groupBy({
    by: ['keyword'],
    _count: true,
    orderBy: [{ _count: { keyword: 'desc' } }, { keyword: 'asc' }],
    take: limit,
  });
  const keywords = taught.flatMap(({ keyword }) => SEARCHABLE_TYPES.map((type) => ({ type, text: keyword })));
  return [...stored, ...keywords].slice(0, limit);
}

async function measureRecall(index: VectorIndex, model: Embedder, build: Build, asked: AskedQuery[]) {
  const live = await index.live();
  // Vectors of another model find other moments: that says nothing of how well the index finds them.
  const comparable = live !== null && live.model === build.model && live.generation !== build.generation;
  const [built, liveOne] = [index.of(build), comparable ? index.of(live) : null];
  const sums = { built: 0, live: 0, queries: 0 };
  for (let from = 0; from < asked.length; from += QUERIES_AT_ONCE) {
    const some = asked.slice(from, from + QUERIES_AT_ONCE);
    const vectors = await model.embed(
      some.map(({ text }) => text),
      { signal: cancellation() },
    );
    for (const [at, { type }] of some.entries()) {
      const request = { mode: 'dense', vector: vectors[at] as Float32Array, topK: TOP, minSimilarity: -1 } as const;
      const exact = await built.search(type, { ...request, exact: true });
      if (exact.length === 0) continue;
      sums.queries += 1;
      sums.built += recallOf(exact, await built.search(type, request));
      if (liveOne) sums.live += recallOf(exact, await liveOne.search(type, request));
    }
    beat({ asked: from + some.length, of: asked.length });
  }
  const mean = (sum: number) => (sums.queries === 0 ? null : sum / sums.queries);
  return {
    queries: sums.queries,
    recall: { live: liveOne === null ? null : mean(sums.live), built: mean(sums.built) },
  };
}

/** Share of the exact results that were found. One as near as the last of them is as good: texts that are said twice tie. */
function recallOf(exact: SearchResult[], found: SearchResult[]): number {
  const ids = new Set(exact.map(({ id }) => id));
  const last = exact.at(-1)?.similarity ?? 1;
  const good = found.filter(({ id, similarity }) => ids.has(id) || Math.abs(similarity - last) <= TIE);
  return Math.min(good.length, exact.length) / exact.length;
}

async function sampleVectors(built: Collections, model: Embedder): Promise<Pick<Evidence, 'sampled' | 'faithful'>> {
  let sampled = 0;
  let faithful = 0;
  for (const type of SEARCHABLE_TYPES) {
    const points = await built.sample(type, SAMPLE);
    const texts = points.map(({ payload }) => payload.text.trim());
    const vectors = await model.embed(texts, { signal: cancellation() });
    sampled += points.length;
    faithful += points.filter(({ vector }, at) => cosine(vectors[at] ?? [], vector) >= FAITHFUL).length;
    beat({ type, sampled, faithful });
  }
  return { sampled, faithful };
}
