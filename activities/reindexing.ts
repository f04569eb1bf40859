/**
 * A new build of the index beside the live one, filled from Postgres, checked, and swapped in or dropped. Every step may be done
 * again: what the aliases name is live, and a build that is not live is in nobody's way.
 */
import type { Database } from '../clients/database/client.ts';
import {
  addBuilding,
  findBuilding,
  findBuildOf,
  findRetired,
  findSuperseded,
  getBuild,
  type IndexBuild,
  nextGeneration,
  recordAbandoned,
  recordLive,
  recordRemoved,
  reviveRetired,
  toBuild,
} from '../clients/database/index-builds.ts';
import { listSearchable } from '../clients/database/searchable.ts';
import type { VectorIndex } from '../clients/qdrant/index.ts';
import type { Config } from '../contracts/config.ts';
import { TapeworksError } from '../contracts/errors.ts';
import type { ReindexInput } from '../contracts/messages.ts';
import { beat } from './heartbeat.ts';
import { copyItem } from './index-item.ts';
import { verifyItems } from './verify-items.ts';

type Dependencies = {
  config: Pick<Config, 'EMBEDDING_MODEL'>;
  database: Database;
  searchIndex: () => Promise<VectorIndex>;
};
type Page = { buildId: number; after: number; limit: number };
/** What is kept of a comparison; see `compare`. */
export type Report = { reason: string; recall: { live: number | null; built: number | null }; points: number };

export const createReindexingActivities = ({ config, database, searchIndex }: Dependencies) => ({
  /**
   * The build that the run `startedBy` fills: a new one, or for a rollback the one that was live before; the same again when asked
   * again. `buildId` null: there is nothing to go back to. `embed`: it is of the model that the workers embed with.
   */
  async beginBuild({ action, startedBy }: { action: ReindexInput['action']; startedBy: string }) {
    const index = await searchIndex();
    const own = await findBuildOf(database, startedBy);
    if (own === null) {
      // A run that was terminated could not clean up.
      for (let stale = await findBuilding(database); stale !== null; stale = await findBuilding(database))
        await abandon(database, index, stale, 'left behind by a run that ended without cleaning up');
    }
    const build = own ?? (await (action === 'rebuild' ? startNew : reviveLast)(database, index, startedBy));
    const embed = build !== null && build.model === config.EMBEDDING_MODEL;
    return { buildId: build?.id ?? null, generation: build?.generation ?? null, embed };
  },

  /** Items to copy, by id: all that are searchable or have posted segments; of a build that was live before, those that changed since. */
  async listItems({ buildId, after, limit }: Page) {
    const { endedAt } = await getBuild(database, buildId);
    return listSearchable(database, { after, limit, changedSince: endedAt });
  },

  /** Whether an item is still there: one deleted while it was worked on is no failure. */
  async isThere({ mediaItemId }: { mediaItemId: number }) {
    return (await database.mediaItem.count({ where: { id: mediaItemId } })) > 0;
  },

  /** Copies items; those deleted meanwhile are left out. */
  async copyItems({ buildId, mediaItemIds }: { buildId: number; mediaItemIds: number[] }) {
    const index = await searchIndex();
    const build = toBuild(await getBuild(database, buildId));
    let points = 0;
    for (const mediaItemId of mediaItemIds) {
      points += await copyItem({ database, index, build, mediaItemId });
      beat({ mediaItemId, points });
    }
    return { points };
  },

  /** Compares a page of items with Postgres and copies what differs; `lacking` items have no vectors of the build's model. */
  async verifyPage({ buildId, after, limit }: Page) {
    const index = await searchIndex();
    const build = toBuild(await getBuild(database, buildId));
    return verifyItems({ database, index, build, than: config.EMBEDDING_MODEL }, { after, limit });
  },

  /** Lets the aliases name the build, all at once; then the rows follow, and builds that nobody needs any more go. */
  async swapBuild({ buildId, action, report }: { buildId: number; action: ReindexInput['action']; report: Report }) {
    const index = await searchIndex();
    const row = await getBuild(database, buildId);
    if (row.status !== 'building' && row.status !== 'live') {
      const message = `Build ${buildId} is ${row.status} and cannot go live.`;
      throw new TapeworksError('CONFLICT', message, { buildId, status: row.status });
    }
    await index.swap(toBuild(row));
    await recordLive(database, buildId, { previous: action === 'rebuild' ? 'retired' : 'rolled_back', report });
    // What searches still run on was live a moment ago, and stays.
    if (action === 'rollback') return;
    for (const old of await findSuperseded(database)) await remove(database, index, old);
  },

  /** Ends the run's build without a swap. If it has been swapped in already, it stays live. */
  async abandonBuild({ startedBy, report }: { startedBy: string; report: Report }) {
    const row = await findBuildOf(database, startedBy);
    if (row?.status === 'building') await abandon(database, await searchIndex(), row, report.reason, report);
  },
});

async function startNew(database: Database, index: VectorIndex, startedBy: string): Promise<IndexBuild> {
  const build = { ...index.configured, generation: await nextGeneration(database) };
  // First the collections: once the row is there, every worker writes to them.
  await index.create(build);
  return addBuilding(database, build, startedBy);
}

async function reviveLast(database: Database, index: VectorIndex, startedBy: string): Promise<IndexBuild | null> {
  const retired = await findRetired(database);
  if (retired === null || !(await index.exists(toBuild(retired)))) return null;
  return reviveRetired(database, retired.id, startedBy);
}

async function abandon(
  database: Database,
  index: VectorIndex,
  row: IndexBuild,
  reason: string,
  report: Report = { reason, recall: { live: null, built: null }, points: 0 },
): Promise<void> {
  const live = await index.live();
  if (live?.generation === row.generation) {
    await recordLive(database, row.id, { previous: 'retired' });
    return;
  }
  // First the row: nobody writes to it any more when its collections go.
  const status = await recordAbandoned(database, row, report);
  if (status === 'rolled_back') await index.drop(toBuild(row));
}

async function remove(database: Database, index: VectorIndex, row: IndexBuild): Promise<void> {
  await index.drop(toBuild(row));
  await recordRemoved(database, row.id);
}
