/** Finds keywords in the transcript and the concepts taught around them. Both replace what an earlier run found, key by key. */
import type { Database } from '../clients/database/client.ts';
import { loadCues } from '../clients/database/cues.ts';
import { LONG_TRANSACTION } from '../clients/database/transactions.ts';
import type { Lexicon } from '../contracts/keywords.ts';
import { extractConcepts } from '../domain/concepts/extract.ts';
import { createMatcher, findHits } from '../domain/keywords/match.ts';
import { hasRuleMeaning } from '../domain/strategies/meanings/registry.ts';

const MIN_EXAMPLE_CONFIDENCE = 0.7;

export const createDetectionActivities = ({ database, lexicon }: { database: Database; lexicon: Lexicon }) => ({
  /** Keyword hits of an item. Business key: media item, keyword, start. Ids of hits found again stay as they are. */
  async detectKeywords({ mediaItemId, keywords }: { mediaItemId: number; keywords: string[] | null }) {
    const cues = await loadCues(database, mediaItemId);
    const hits = findHits(createMatcher(lexicon, keywords), cues);
    await database.$transaction(async (transaction) => {
      const known = await transaction.keywordHit.findMany({
        where: { mediaItemId },
        select: { id: true, keyword: true, startMs: true },
      });
      const found = new Set(hits.map(({ keyword, startMs }) => `${keyword}@${startMs}`));
      const gone = known.filter(({ keyword, startMs }) => !found.has(`${keyword}@${startMs}`)).map(({ id }) => id);
      await transaction.keywordHit.deleteMany({ where: { id: { in: gone } } });
      await transaction.embedding.deleteMany({ where: { embeddingType: 'keyword', referenceId: { in: gone } } });
      for (const { cueIndexes, ...hit } of hits) {
        const row = { ...hit, mediaItemId, cueIds: cueIndexes.flatMap((index) => cues[index]?.id ?? []) };
        const key = { mediaItemId, keyword: hit.keyword, startMs: hit.startMs };
        await transaction.keywordHit.upsert({ where: { mediaItemId_keyword_startMs: key }, create: row, update: row });
      }
    }, LONG_TRANSACTION);
    return { counts: { hits: hits.length, keywords: new Set(hits.map(({ keyword }) => keyword)).size } };
  },

  /** Concepts with their parameters; each belongs to the clip it is spoken in. Business key: item, term, parameter, start. */
  async extractConcepts({ mediaItemId }: { mediaItemId: number }) {
    const cues = await loadCues(database, mediaItemId);
    const clips = await database.clip.findMany({
      where: { mediaItemId },
      select: { id: true, startMs: true, endMs: true },
    });
    const concepts = extractConcepts(cues, lexicon);
    const rows = new Map(
      concepts.map(({ cueIndexes, parameter, ...concept }) => {
        const clip = clips.find(({ startMs, endMs }) => concept.startMs < endMs && concept.endMs > startMs);
        const row = {
          ...concept,
          mediaItemId,
          parameter: parameter ?? '',
          clipId: clip?.id ?? null,
          cueIds: cueIndexes.flatMap((index) => cues[index]?.id ?? []),
        };
        return [`${row.term}|${row.parameter}|${row.startMs}`, row];
      }),
    );
    await database.$transaction([
      database.concept.deleteMany({ where: { mediaItemId } }),
      database.concept.createMany({ data: [...rows.values()] }),
    ]);
    return { counts: { concepts: rows.size } };
  },

  /** Keywords of an item worth a strategy: first those that rules can express, of them those with most hits. */
  async taughtKeywords({ mediaItemId, limit }: { mediaItemId: number; limit: number }) {
    const groups = await database.keywordHit.groupBy({
      by: ['keyword'],
      where: { mediaItemId, confidence: { gte: MIN_EXAMPLE_CONFIDENCE } },
      _count: { _all: true },
      orderBy: [{ _count: { keyword: 'desc' } }, { keyword: 'asc' }],
    });
    const keywords = groups.map(({ keyword }) => keyword);
    const expressible = keywords.filter(hasRuleMeaning);
    const others = keywords.filter((keyword) => !hasRuleMeaning(keyword));
    return { keywords: [...expressible, ...others].slice(0, limit) };
  },
});
