/**
 * Puts an item's vectors into the index and calls it searchable only after reading them back. While a reindex fills a build beside
 * the live one, both get them: neither swapping nor going back loses what was indexed meanwhile.
 */
import type { Database } from '../clients/database/client.ts';
import { findBuilding, toBuild } from '../clients/database/index-builds.ts';
import { itemsLacking } from '../clients/database/points.ts';
import { markSearchable } from '../clients/database/searchable.ts';
import type { Build, VectorIndex } from '../clients/qdrant/index.ts';
import type { Config } from '../contracts/config.ts';
import { TapeworksError } from '../contracts/errors.ts';
import type { SearchableType } from '../contracts/names.ts';
import { indexItem, indexPostedOf } from './index-item.ts';

type Dependencies = {
  config: Pick<Config, 'EMBEDDING_MODEL'>;
  database: Database;
  searchIndex: () => Promise<VectorIndex>;
};
type Posted = { mediaItemId: number; embeddingType: SearchableType; referenceIds: number[] };

export const createIndexingActivities = ({ config, database, searchIndex }: Dependencies) => {
  /** Live and building, without doubles: after a swap they are one until the rows say so. The live one comes last. */
  async function builds(index: VectorIndex): Promise<Build[]> {
    const live = await index.live();
    if (live === null) {
      const message = 'The index has lost its collections; restart the worker, which makes them, and reindex.';
      throw new TapeworksError('QDRANT_REJECTED', message);
    }
    const building = await findBuilding(database);
    return building && building.generation !== live.generation ? [toBuild(building), live] : [live];
  }

  /**
   * Writes to every build that is not in `written` yet, also to those that come while it writes: generation → what `write` gave.
   * Returns that of the live build.
   */
  async function toEveryBuild(
    mediaItemId: number,
    written: Map<number, number>,
    write: (index: VectorIndex, build: Build) => Promise<number>,
  ): Promise<number> {
    const index = await searchIndex();
    for (;;) {
      const targets = await builds(index);
      const live = targets.at(-1) as Build;
      const next = targets.find(({ generation }) => !written.has(generation));
      if (next === undefined) return written.get(live.generation) ?? 0;
      try {
        if (next === live) await requireVectors(mediaItemId, live);
        written.set(next.generation, await write(index, next));
      } catch (error) {
        // Dropped while it was written to.
        const wanted = (await builds(index)).some(({ generation }) => generation === next.generation);
        if (wanted || !(error instanceof TapeworksError)) throw error;
      }
    }
  }

  /** After a change of the model the live index cannot take this item's vectors: the run waits for the reindex. */
  async function requireVectors(mediaItemId: number, live: Build): Promise<void> {
    const than = config.EMBEDDING_MODEL;
    const item = { mediaItemIds: [mediaItemId], whole: new Set([mediaItemId]) };
    const lacking = await itemsLacking(database, { model: live.model, than, ...item });
    if (lacking.length === 0) return;
    const message = `The live index holds vectors of ${live.model}, this item has those of ${than}: start a reindex.`;
    throw new TapeworksError('NOT_SEARCHABLE_YET', message, { live: live.model, configured: than });
  }

  return {
    /** Idempotent: point ids derive from type, origin, reference and model. Throws NOT_SEARCHABLE_YET when the read-back misses points. */
    async index({ mediaItemId }: { mediaItemId: number }) {
      await database.mediaItem.update({ where: { id: mediaItemId }, data: { searchableAt: null } });
      const written = new Map<number, number>();
      for (;;) {
        const indexed = await toEveryBuild(mediaItemId, written, (index, build) =>
          indexItem({ database, index, build, mediaItemId }),
        );
        if (await markSearchable(database, mediaItemId, [...written.keys()])) return { counts: { indexed } };
        // Either a build came meanwhile, or the item is gone: NOT_FOUND.
        await database.mediaItem.findUniqueOrThrow({ where: { id: mediaItemId }, select: { id: true } });
      }
    },

    /** Segments that were posted, beside what the pipeline indexed: whether the item is searchable stays as it is. */
    async indexPosted({ mediaItemId, embeddingType, referenceIds }: Posted) {
      const indexed = await toEveryBuild(mediaItemId, new Map(), (index, build) =>
        indexPostedOf({ database, index, build, mediaItemId }, embeddingType, referenceIds),
      );
      return { counts: { indexed } };
    },
  };
};
