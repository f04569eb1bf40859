/** The moments that teach a keyword, as they go into a prompt or the offline backend. */
import type { StrategyExample } from '../../contracts/strategies.ts';
import type { Category, Concept } from '../../contracts/keywords.ts';
import type { Database } from './client.ts';

/** Text before and after a hit that belongs to its example. */
const CONTEXT_MS = 10_000;

/** Terms whose numbers (stop, target, risk a trade) belong to any strategy of the same lesson. */
const RISK_CATEGORY = 'risk_management';
const MAX_RISK_EXAMPLES = 6;

/** Up to `topK` examples of `minConfidence` and more, surest first, moments that share cues with a better one left out. */
export async function loadExamples(
  database: Database,
  {
    keyword,
    mediaItemId,
    topK,
    minConfidence,
  }: { keyword: string; mediaItemId: number | null; topK: number; minConfidence: number },
): Promise<StrategyExample[]> {
  const hits = await database.keywordHit.findMany({
    where: { keyword, confidence: { gte: minConfidence }, ...(mediaItemId === null ? {} : { mediaItemId }) },
    orderBy: [{ confidence: 'desc' }, { mediaItemId: 'asc' }, { startMs: 'asc' }],
    take: topK * 10,
    include: { media: { select: { videoId: true } } },
  });
  return toExamples(database, hits, topK, new Set());
}

/** Moments of the same lessons that teach risk management, without those the examples already hold. */
export async function loadRiskExamples(
  database: Database,
  examples: StrategyExample[],
  minConfidence: number,
): Promise<StrategyExample[]> {
  const hits = await database.keywordHit.findMany({
    where: {
      category: RISK_CATEGORY,
      confidence: { gte: minConfidence },
      mediaItemId: { in: examples.map(({ mediaItemId }) => mediaItemId) },
    },
    orderBy: [{ mediaItemId: 'asc' }, { startMs: 'asc' }],
    take: 60,
    include: { media: { select: { videoId: true } } },
  });
  const used = new Set(examples.flatMap(({ cues }) => cues.map(({ id }) => id)));
  return toExamples(database, hits, MAX_RISK_EXAMPLES, used);
}

type Hit = {
  id: number;
  mediaItemId: number;
  clipId: number | null;
  keyword: string;
  confidence: number;
  startMs: number;
  endMs: number;
  cueIds: number[];
  media: { videoId: string };
};

async function toExamples(
  database: Database,
  hits: Hit[],
  limit: number,
  used: Set<number>,
): Promise<StrategyExample[]> {
  const examples: StrategyExample[] = [];
  for (const { id: hitId, media, cueIds, ...hit } of hits) {
    if (examples.length === limit) break;
    if (cueIds.some((id) => used.has(id))) continue;
    const cues = await database.transcriptCue.findMany({
      where: {
        mediaItemId: hit.mediaItemId,
        startMs: { lte: hit.endMs + CONTEXT_MS },
        endMs: { gte: hit.startMs - CONTEXT_MS },
      },
      orderBy: { index: 'asc' },
      select: { id: true, startMs: true, endMs: true, text: true },
    });
    for (const { id } of cues) used.add(id);
    const { mediaItemId, clipId, keyword, confidence, startMs, endMs } = hit;
    examples.push({ hitId, mediaItemId, videoId: media.videoId, clipId, keyword, confidence, startMs, endMs, cues });
  }
  return examples;
}

/** Concepts spoken in the examples' cues. */
export async function loadConcepts(database: Database, examples: StrategyExample[]) {
  const cueIds = examples.flatMap(({ cues }) => cues.map(({ id }) => id));
  const rows = await database.concept.findMany({
    where: { mediaItemId: { in: examples.map(({ mediaItemId }) => mediaItemId) }, cueIds: { hasSome: cueIds } },
    orderBy: [{ mediaItemId: 'asc' }, { startMs: 'asc' }, { id: 'asc' }],
  });
  return rows.map(({ parameter, category, relation, ...row }) => ({
    ...row,
    category: category as Category,
    parameter: (parameter || null) as Concept['parameter'],
    relation: relation as Concept['relation'],
  }));
}
