/** Items that a search can find, whole or by what was posted of them. */
import type { Database } from './client.ts';

/** Clocks of machines differ by less. */
const CLOCK_MARGIN_MS = 300_000;

/**
 * Ids in ascending order, behind `after`: items that are searchable, and those with posted segments, of which nothing else may be
 * found until they are. `changedSince`: only those indexed since then, and those with posted segments, which are indexed without a
 * trace.
 */
export async function listSearchable(
  database: Database,
  { after, limit, changedSince = null }: { after: number; limit: number; changedSince?: Date | null },
): Promise<{ mediaItemIds: number[]; more: boolean }> {
  const since = changedSince === null ? null : new Date(changedSince.getTime() - CLOCK_MARGIN_MS);
  const changed =
    since === null
      ? {}
      : {
          OR: [
            { searchableAt: { gte: since } },
            { embeddings: { some: { OR: [{ origin: 'posted' }, { createdAt: { gte: since } }] } } },
          ],
        };
  const rows = await database.mediaItem.findMany({
    where: {
      id: { gt: after },
      AND: [{ OR: [{ searchableAt: { not: null } }, { postedSegments: { some: {} } }] }, changed],
    },
    orderBy: { id: 'asc' },
    take: limit + 1,
    select: { id: true },
  });
  const ids = rows.map(({ id }) => id);
  return { mediaItemIds: ids.slice(0, limit), more: ids.length > limit };
}

/** Those of the items that are searchable as a whole. */
export async function searchableAmong(database: Database, mediaItemIds: number[]): Promise<Set<number>> {
  const where = { id: { in: mediaItemIds }, searchableAt: { not: null } };
  const rows = await database.mediaItem.findMany({ where, select: { id: true } });
  return new Set(rows.map(({ id }) => id));
}

/** Whether an item is searchable as a whole; what was posted of it is found in any case. An item that is gone: NOT_FOUND. */
export async function isSearchable(database: Database, mediaItemId: number): Promise<boolean> {
  const where = { id: mediaItemId };
  const { searchableAt } = await database.mediaItem.findUniqueOrThrow({ where, select: { searchableAt: true } });
  return searchableAt !== null;
}

/**
 * Calls an item searchable, unless a build is being filled that is not among those it was written to: false then, and nothing is
 * changed. One statement, so that no rebuild begins in between.
 */
export async function markSearchable(database: Database, mediaItemId: number, generations: number[]): Promise<boolean> {
  const changed = await database.$executeRaw`
    UPDATE media_items SET searchable_at = now() WHERE id = ${mediaItemId} AND NOT EXISTS (
      SELECT 1 FROM index_builds WHERE status = 'building' AND generation <> ALL (${generations}))`;
  return changed > 0;
}

/** Highest id ever given to an item. */
export async function lastMediaId(database: Database): Promise<number> {
  const [row] = await database.$queryRaw<Array<{ id: bigint }>>`
    SELECT COALESCE(pg_sequence_last_value(pg_get_serial_sequence('media_items', 'id')), 0) AS id`;
  return Number(row?.id ?? 0);
}

/** Changes when an item is indexed anew, or when posted segments come or go; `null`: the item is gone. */
export async function indexingMark(database: Database, mediaItemId: number): Promise<string | null> {
  const item = await database.mediaItem.findUnique({
    where: { id: mediaItemId },
    select: { searchableAt: true, _count: { select: { embeddings: true } } },
  });
  if (item === null) return null;
  const last = await database.embedding.aggregate({ where: { mediaItemId }, _max: { id: true } });
  return `${item.searchableAt?.toISOString() ?? ''} ${item._count.embeddings} ${last._max.id ?? 0}`;
}
