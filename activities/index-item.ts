/** Puts what Postgres holds of an item into one build of the index. */
import type { Database } from '../clients/database/client.ts';
import { pointPages, type Posted } from '../clients/database/points.ts';
import { indexingMark, isSearchable } from '../clients/database/searchable.ts';
import type { Build, VectorIndex } from '../clients/qdrant/index.ts';
import { TapeworksError } from '../contracts/errors.ts';
import { SEARCHABLE_TYPES, type SearchableType } from '../contracts/names.ts';
import { beat, cancellation } from './heartbeat.ts';

/** Points read from Postgres at once: with 1,024 numbers each, a megabyte. */
const PAGE = 256;

type Into = { database: Database; index: VectorIndex; build: Build; mediaItemId: number };

/** All of it; points that stand for nothing any more go. Gives the number of points, once they can be read back. Idempotent. */
export async function indexItem({ database, index, build, mediaItemId }: Into): Promise<number> {
  const collections = index.of(build);
  let indexed = 0;
  for (const type of SEARCHABLE_TYPES) {
    const ids = await writePages({ database, index, build, mediaItemId }, type);
    await collections.keepOnly(type, mediaItemId, ids);
    await requireAll(index, build, type, ids);
    indexed += ids.length;
  }
  await collections.quantizeWhenLarge();
  return indexed;
}

/**
 * What a search may find of an item: all of it, or what was posted while it is not searchable. For a copy that an indexing of the item
 * may overtake: done again when that happened, so that nothing of what it wrote is undone. An item deleted meanwhile has no points.
 */
export async function copyItem(into: Into): Promise<number> {
  const markNow = () => indexingMark(into.database, into.mediaItemId);
  for (let before = await markNow(); before !== null; ) {
    let points = 0;
    try {
      points = await ((await isSearchable(into.database, into.mediaItemId)) ? indexItem(into) : indexAllPosted(into));
    } catch (error) {
      if ((await markNow()) !== null) throw error;
    }
    const after = await markNow();
    if (after === before) return points;
    before = after;
  }
  return 0;
}

/** Posted segments only; nothing else of the item is touched. */
export async function indexPostedOf(into: Into, type: SearchableType, posted: Posted): Promise<number> {
  const ids = await writePages(into, type, posted);
  await requireAll(into.index, into.build, type, ids);
  await into.index.of(into.build).quantizeWhenLarge();
  return ids.length;
}

async function indexAllPosted(into: Into): Promise<number> {
  let indexed = 0;
  for (const type of SEARCHABLE_TYPES) indexed += await indexPostedOf(into, type, 'all');
  return indexed;
}

async function writePages({ database, index, build, mediaItemId }: Into, type: SearchableType, posted?: Posted) {
  const ids: string[] = [];
  const pages = pointPages(database, { type, mediaItemId, model: build.model, limit: PAGE, posted });
  for await (const points of pages) {
    await index.of(build).upsert(type, points, { signal: cancellation() });
    ids.push(...points.map(({ id }) => id));
    beat({ mediaItemId, type, generation: build.generation, indexed: ids.length });
  }
  return ids;
}

/** Throws NOT_SEARCHABLE_YET when the read-back misses points. */
async function requireAll(index: VectorIndex, build: Build, type: SearchableType, ids: string[]): Promise<void> {
  const missing = await index.of(build).readBack(type, ids);
  if (missing.length === 0) return;
  const message = `${missing.length} of ${ids.length} ${type} points cannot be read back yet.`;
  throw new TapeworksError('NOT_SEARCHABLE_YET', message, { generation: build.generation });
}
