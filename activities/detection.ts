/** Finds keywords in the transcript and the concepts taught around them. Both replace what an earlier run found, key by key. */
import type { Database } from '../clients/database/client.ts';
import { loadCues } from '../clients/database/cues.ts';
import { replaceHits } from '../clients/database/hits.ts';
import type { Config } from '../contracts/config.ts';
import type { Lexicon } from '../contracts/keywords.ts';
import { transcriptQualitySchema } from '../contracts/transcripts.ts';
import { extractConcepts } from '../domain/concepts/extract.ts';
import { qualityTrust } from '../domain/keywords/confidence.ts';
import { createMatcher, findHits } from '../domain/keywords/match.ts';
import { hasRuleMeaning } from '../domain/strategies/meanings/registry.ts';

type Dependencies = {
  config: Pick<Config, 'KEYWORD_MIN_CONFIDENCE' | 'EXAMPLE_MIN_CONFIDENCE' | 'SEMANTIC_PASS'>;
  database: Database;
  lexicon: () => Promise<Lexicon>;
};

export const createDetectionActivities = ({ config, database, lexicon }: Dependencies) => ({
  /**
   * Spoken keywords of an item. Business key: media item, keyword, start. Ids of hits found again stay as they are; those of the
   * semantic pass stay too, unless it is switched off. `semantic`: whether that pass is to follow.
   */
  async detectKeywords({ mediaItemId, keywords }: { mediaItemId: number; keywords: string[] | null }) {
    const [cues, trust, known] = await Promise.all([
      loadCues(database, mediaItemId),
      transcriptTrust(database, mediaItemId),
      lexicon(),
    ]);
    const minConfidence = config.KEYWORD_MIN_CONFIDENCE;
    const hits = findHits(createMatcher(known, keywords), cues, { trust, minConfidence });
    await replaceHits(database, mediaItemId, 'lexical', hits, cues);
    if (!config.SEMANTIC_PASS) await replaceHits(database, mediaItemId, 'semantic', [], cues);
    return {
      counts: { hits: hits.length, keywords: new Set(hits.map(({ keyword }) => keyword)).size },
      semantic: config.SEMANTIC_PASS,
    };
  },

  /** Concepts with their parameters; each belongs to the clip it is spoken in. Business key: item, term, parameter, start. */
  async extractConcepts({ mediaItemId }: { mediaItemId: number }) {
    const cues = await loadCues(database, mediaItemId);
    const clips = await database.clip.findMany({
      where: { mediaItemId },
      select: { id: true, startMs: true, endMs: true },
    });
    const concepts = extractConcepts(cues, await lexicon());
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
      where: { mediaItemId, confidence: { gte: config.EXAMPLE_MIN_CONFIDENCE } },
      _count: { _all: true },
      orderBy: [{ _count: { keyword: 'desc' } }, { keyword: 'asc' }],
    });
    const keywords = groups.map(({ keyword }) => keyword);
    const expressible = keywords.filter(hasRuleMeaning);
    const others = keywords.filter((keyword) => !hasRuleMeaning(keyword));
    return { keywords: [...expressible, ...others].slice(0, limit) };
  },
});

/** What a hit in this transcript can be worth; 1 where its quality was not reckoned. */
async function transcriptTrust(database: Database, mediaItemId: number): Promise<number> {
  const row = await database.transcript.findUnique({ where: { mediaItemId }, select: { quality: true } });
  const quality = transcriptQualitySchema.pick({ verdict: true, usableShare: true }).safeParse(row?.quality);
  return qualityTrust(quality.success ? quality.data : null);
}
