/** Puts an item's vectors into the index, removes points that are gone, and calls it searchable only after reading them back. */
import type { Database } from '../clients/database/client.ts';
import { pointPages } from '../clients/database/points.ts';
import type { VectorIndex } from '../clients/qdrant/index.ts';
import type { Config } from '../contracts/config.ts';
import { TapeworksError } from '../contracts/errors.ts';
import { SEARCHABLE_TYPES } from '../contracts/names.ts';
import { beat, cancellation } from './heartbeat.ts';

/** Points sent at once; 384 floats each, so well under a megabyte. */
const PAGE = 256;

type Dependencies = {
  config: Pick<Config, 'EMBEDDING_MODEL'>;
  database: Database;
  searchIndex: () => Promise<VectorIndex>;
};

export const createIndexingActivities = ({ config, database, searchIndex }: Dependencies) => ({
  /** Idempotent: point ids derive from type, reference and model. Throws NOT_SEARCHABLE_YET when the read-back misses points. */
  async index({ mediaItemId }: { mediaItemId: number }) {
    const index = await searchIndex();
    await database.mediaItem.update({ where: { id: mediaItemId }, data: { searchableAt: null } });
    let indexed = 0;
    for (const type of SEARCHABLE_TYPES) {
      const ids: string[] = [];
      const pages = pointPages(database, { type, mediaItemId, model: config.EMBEDDING_MODEL, limit: PAGE });
      for await (const points of pages) {
        await index.upsert(type, points, { signal: cancellation() });
        ids.push(...points.map(({ id }) => id));
        beat({ type, indexed: ids.length });
      }
      await index.keepOnly(type, mediaItemId, ids);
      const missing = await index.readBack(type, ids);
      if (missing.length > 0) {
        const message = `${missing.length} of ${ids.length} ${type} points cannot be read back yet.`;
        throw new TapeworksError('NOT_SEARCHABLE_YET', message);
      }
      indexed += ids.length;
    }
    await database.mediaItem.update({ where: { id: mediaItemId }, data: { searchableAt: new Date() } });
    return { counts: { indexed } };
  },
});
