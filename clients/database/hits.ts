/** Hits of an item, one method's at a time. */
import type { KeywordHit } from '../../contracts/keywords.ts';
import type { StoredCue } from '../../contracts/transcripts.ts';
import type { Database } from './client.ts';
import { LONG_TRANSACTION } from './transactions.ts';

const keyOf = ({ keyword, startMs }: { keyword: string; startMs: number }) => `${keyword}@${startMs}`;

/**
 * Makes an item's hits of one method those given; `cueIndexes` are positions in `cues`. Business key: item, keyword, start. A hit
 * found again keeps its id, one that is gone loses its vector. Where a lexical and a semantic hit meet in one key, the lexical one
 * stands. Returns how many are stored of this method.
 */
export async function replaceHits(
  database: Database,
  mediaItemId: number,
  method: KeywordHit['method'],
  hits: KeywordHit[],
  cues: StoredCue[],
): Promise<number> {
  return database.$transaction(async (transaction) => {
    const known = await transaction.keywordHit.findMany({
      where: { mediaItemId },
      select: { id: true, keyword: true, startMs: true, method: true },
    });
    const spoken = new Set(known.filter((hit) => hit.method === 'lexical').map(keyOf));
    const stored = method === 'lexical' ? hits : hits.filter((hit) => !spoken.has(keyOf(hit)));
    const found = new Set(stored.map(keyOf));
    const gone = known.filter((hit) => hit.method === method && !found.has(keyOf(hit))).map(({ id }) => id);
    await transaction.keywordHit.deleteMany({ where: { id: { in: gone } } });
    await transaction.embedding.deleteMany({
      where: { mediaItemId, embeddingType: 'keyword', origin: 'pipeline', referenceId: { in: gone } },
    });
    for (const { cueIndexes, ...hit } of stored) {
      const row = { ...hit, mediaItemId, cueIds: cueIndexes.flatMap((index) => cues[index]?.id ?? []) };
      const key = { mediaItemId, keyword: hit.keyword, startMs: hit.startMs };
      await transaction.keywordHit.upsert({ where: { mediaItemId_keyword_startMs: key }, create: row, update: row });
    }
    return stored.length;
  }, LONG_TRANSACTION);
}
