/**
 * Which sets of collections there are, and what each is for. What the aliases name is live, whatever the rows say: they follow.
 *
 * building → live → retired → removed, or building → rolled_back (not taken), live → rolled_back (gone back from).
 */
import type { Build, ModelName, VectorIndex } from '../qdrant/types.ts';
import type { Database } from './client.ts';
import type { IndexBuild, Prisma } from './generated/client.ts';

export type { IndexBuild };

/** First start: collections, aliases and the row of the live build, where they are missing. Several workers may do it at once. */
export async function openIndex(database: Database, index: VectorIndex): Promise<void> {
  const rows = await database.indexBuild.findMany({ orderBy: { generation: 'asc' } });
  // Collections that are lost come back empty under their old names; a reindex fills them.
  const lost = rows.find((row) => row.status === 'live' && isOf(index.configured, row));
  const generation = lost?.generation ?? nextAfter(rows.at(-1)?.generation);
  await noteLive(database, await index.ensureCollections({ ...index.configured, generation }));
}

export const toBuild = ({ generation, model, dimension }: IndexBuild): Build => ({ generation, model, dimension });

const isOf = (name: ModelName, row: IndexBuild) => row.model === name.model && row.dimension === name.dimension;
const nextAfter = (generation: number | undefined) => (generation === undefined ? 0 : generation + 1);

async function noteLive(database: Database, live: Build): Promise<void> {
  const known = await database.indexBuild.findUnique({ where: { generation: live.generation } });
  // A reindex that has just swapped writes its rows itself.
  if (known?.status === 'live' || known?.status === 'building') return;
  await database.$transaction([
    database.indexBuild.updateMany({
      where: { status: 'live', generation: { not: live.generation } },
      data: { status: 'retired', endedAt: new Date() },
    }),
    database.indexBuild.createMany({ data: [{ ...live, status: 'live' }], skipDuplicates: true }),
    database.indexBuild.updateMany({
      where: { generation: live.generation },
      data: { ...live, status: 'live', endedAt: null },
    }),
  ]);
}

/** The build that is filled beside the live one. */
export const findBuilding = (database: Database): Promise<IndexBuild | null> =>
  database.indexBuild.findFirst({ where: { status: 'building' }, orderBy: { generation: 'desc' } });

export const getBuild = (database: Database, id: number): Promise<IndexBuild> =>
  database.indexBuild.findUniqueOrThrow({ where: { id } });

export const findBuildOf = (database: Database, startedBy: string): Promise<IndexBuild | null> =>
  database.indexBuild.findUnique({ where: { startedBy } });

export async function nextGeneration(database: Database): Promise<number> {
  const last = await database.indexBuild.findFirst({ orderBy: { generation: 'desc' }, select: { generation: true } });
  return nextAfter(last?.generation);
}

export const addBuilding = (database: Database, build: Build, startedBy: string): Promise<IndexBuild> =>
  database.indexBuild.create({ data: { ...build, status: 'building', startedBy } });

/** The build that was live before the present one; its collections may be gone. */
export const findRetired = (database: Database): Promise<IndexBuild | null> =>
  database.indexBuild.findFirst({
    where: { status: 'retired' },
    orderBy: [{ endedAt: 'desc' }, { generation: 'desc' }],
  });

/** From now on it gets what the live one gets. Its `endedAt` stays: what changed since then it lacks. */
export const reviveRetired = (database: Database, id: number, startedBy: string): Promise<IndexBuild> =>
  database.indexBuild.update({ where: { id }, data: { status: 'building', startedBy } });

/** Rows as the aliases are: this build is live, the one before is `previous`. */
export async function recordLive(
  database: Database,
  id: number,
  { previous, report }: { previous: 'retired' | 'rolled_back'; report?: Prisma.InputJsonObject | undefined },
): Promise<void> {
  await database.$transaction([
    database.indexBuild.updateMany({
      where: { status: 'live', id: { not: id } },
      data: { status: previous, endedAt: new Date() },
    }),
    database.indexBuild.update({
      where: { id },
      data: { status: 'live', endedAt: null, ...(report === undefined ? {} : { report }) },
    }),
  ]);
}

/** Ends a build that does not go live. One that was live before can still be gone back to. */
export async function recordAbandoned(
  database: Database,
  { id, endedAt }: IndexBuild,
  report: Prisma.InputJsonObject,
): Promise<'retired' | 'rolled_back'> {
  const status = endedAt === null ? 'rolled_back' : 'retired';
  await database.indexBuild.updateMany({
    where: { id, status: 'building' },
    data: { status, endedAt: endedAt ?? new Date(), report },
  });
  return status;
}

/** Builds whose collections nobody needs any more: the rolled back, and all retired but the newest. */
export async function findSuperseded(database: Database): Promise<IndexBuild[]> {
  const newest = await findRetired(database);
  return database.indexBuild.findMany({
    where: { OR: [{ status: 'rolled_back' }, { status: 'retired', id: { not: newest?.id ?? 0 } }] },
  });
}

export const recordRemoved = (database: Database, id: number): Promise<IndexBuild> =>
  database.indexBuild.update({ where: { id }, data: { status: 'removed' } });
