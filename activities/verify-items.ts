/** Whether a build holds what Postgres holds: items one by one, and nothing of items that are gone. */
import type { Database } from '../clients/database/client.ts';
import { countVectors, itemsLacking } from '../clients/database/points.ts';
import { lastMediaId, listSearchable, searchableAmong } from '../clients/database/searchable.ts';
import type { Build, VectorIndex } from '../clients/qdrant/index.ts';
import { SEARCHABLE_TYPES } from '../contracts/names.ts';
import { beat } from './heartbeat.ts';
import { copyItem } from './index-item.ts';

type Of = { database: Database; index: VectorIndex; build: Build; than: string };

/** Copies items again whose counts differ; of those that are not searchable only what was posted is counted. `after`: where the next page begins; `null` behind the last. */
export async function verifyItems(
  { database, index, build, than }: Of,
  { after, limit }: { after: number; limit: number },
): Promise<{ after: number | null; points: number; recopied: number; removed: number; lacking: number }> {
  const collections = index.of(build);
  const { mediaItemIds, more } = await listSearchable(database, { after, limit });
  const whole = await searchableAmong(database, mediaItemIds);
  const expected = await countVectors(database, { model: build.model, mediaItemIds, whole });
  const lacking = await itemsLacking(database, { model: build.model, than, mediaItemIds, whole });
  let points = 0;
  let recopied = 0;
  for (const mediaItemId of mediaItemIds) {
    const counted = whole.has(mediaItemId) ? { mediaItemId } : { mediaItemId, origin: 'posted' as const };
    const counts = await Promise.all(SEARCHABLE_TYPES.map((type) => collections.count(type, counted)));
    const same = SEARCHABLE_TYPES.every((type, at) => (expected.get(`${mediaItemId} ${type}`) ?? 0) === counts[at]);
    if (same) {
      points += counts.reduce((sum, count) => sum + count, 0);
    } else {
      points += await copyItem({ database, index, build, mediaItemId });
      recopied += 1;
    }
    beat({ mediaItemId, points, recopied });
  }
  const last = mediaItemIds.at(-1);
  const upTo = more && last !== undefined ? last : null;
  const removed = await removeGone({ database, index, build }, { after, upTo });
  return { after: upTo, points, recopied, removed, lacking: lacking.length };
}

/** An item deleted while it was copied leaves points behind. Ids yet to be given are left alone: those items are just being indexed. */
async function removeGone(
  { database, index, build }: Omit<Of, 'than'>,
  { after, upTo }: { after: number; upTo: number | null },
): Promise<number> {
  const last = upTo ?? (await lastMediaId(database));
  const rows = await database.mediaItem.findMany({ where: { id: { gt: after, lte: last } }, select: { id: true } });
  const range = { after, upTo: last, mediaItemIds: rows.map(({ id }) => id) };
  let removed = 0;
  for (const type of SEARCHABLE_TYPES) removed += await index.of(build).keepOnlyMedia(type, range);
  return removed;
}
