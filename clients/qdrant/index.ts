/** The vector index: a projection of the database that can be rebuilt from it at any time. */
import { QdrantClient } from '@qdrant/js-client-rest';
import { collectionAlias, SEARCHABLE_TYPES, type SearchableType } from '../../contracts/names.ts';
import {
  aliasTargets,
  buildExists,
  createBuild,
  describe,
  dropBuild,
  exists,
  liveBuild,
  nameOf,
  ourCollections,
  pointAliases,
} from './collections.ts';
import { statusOf } from './errors.ts';
import { toQdrantFilter } from './filter.ts';
import * as points from './points.ts';
import { isQuantized, quantizeWhenLarge } from './quantize.ts';
import { search, searchByMedia } from './search.ts';
import type { Build, Collections, CollectionState, ModelName, VectorIndex } from './types.ts';

export type { IndexFilter } from './filter.ts';
export type { PointPayload } from './payload.ts';
export type * from './types.ts';

const REQUEST_TIMEOUT_MS = 60_000;
const QUANTIZE_ABOVE = 20_000;

export type IndexOptions = ModelName & {
  url: string;
  apiKey?: string | undefined;
  /** Points from which a collection is searched as int8. */
  quantizeAbove?: number | undefined;
};

/** `model` and `dimension` are those of new builds. Opens nothing: the first request does. */
export function createIndex({ url, apiKey, model, dimension, quantizeAbove }: IndexOptions): VectorIndex {
  const client = new QdrantClient({
    url,
    timeout: REQUEST_TIMEOUT_MS,
    checkCompatibility: false,
    ...(apiKey === undefined ? {} : { apiKey }),
  });
  const configured = { model, dimension };
  const above = quantizeAbove ?? QUANTIZE_ABOVE;
  const known = new Map<string, Build>();
  const live = () => liveBuild(client, configured, known);
  return {
    ...createCollections(client, collectionAlias, dimension, above),
    configured,
    of: (build) => createCollections(client, (type) => nameOf(type, build), build.dimension, above),
    live,
    liveModel: live,
    create: (build) => createBuild(client, build),
    exists: (build) => buildExists(client, build),
    swap: (build) => pointAliases(client, build),
    drop: (build) => dropBuild(client, build),

    async ensureCollections(first = { ...configured, generation: 0 }) {
      const there = await live();
      // Payload indexes that a newer version filters by are added to what an older one made.
      await createBuild(client, there ?? first);
      if (there !== null) return there;
      const targets = await aliasTargets(client);
      const missing = SEARCHABLE_TYPES.filter((type) => !targets.has(collectionAlias(type)));
      if (missing.length > 0) await pointAliases(client, first, missing);
      return (await live()) ?? first;
    },

    async deleteMedia(mediaItemId) {
      const filter = toQdrantFilter({ mediaItemId }) ?? {};
      for (const name of await ourCollections(client)) {
        try {
          await points.deleteWhere(client, name, filter);
        } catch (error) {
          // A rebuild may have dropped it since the list was read.
          const cause = error instanceof Error ? error.cause : undefined;
          if (statusOf(cause) !== 404 || (await exists(client, name))) throw error;
        }
      }
    },
  };
}

function createCollections(
  client: QdrantClient,
  where: (type: SearchableType) => string,
  dimension: number,
  quantizeAbove: number,
): Collections {
  return {
    upsert: (type, items, options = {}) => points.upsert(client, where(type), items, { ...options, dimension }),
    search: (type, request) => search(client, where(type), request),
    searchByMedia: (type, request) => searchByMedia(client, where(type), request),
    count: (type, filter) => points.count(client, where(type), toQdrantFilter(filter)),
    readBack: (type, ids) => points.readBack(client, where(type), ids),
    deletePoints: (type, ids) => points.deletePoints(client, where(type), ids),
    keepOnly: (type, mediaItemId, ids) => points.keepOnly(client, where(type), mediaItemId, ids),
    keepOnlyMedia: (type, range) => points.keepOnlyMedia(client, where(type), range),
    sample: (type, limit) => points.sample(client, where(type), limit),
    async quantizeWhenLarge() {
      for (const type of SEARCHABLE_TYPES) await quantizeWhenLarge(client, where(type), quantizeAbove);
    },
    stats: () => Promise.all(SEARCHABLE_TYPES.map((type) => stateOf(client, type, where(type)))),
  };
}

async function stateOf(client: QdrantClient, type: SearchableType, name: string): Promise<CollectionState> {
  const collection = (await aliasTargets(client)).get(name) ?? name;
  if (!(await exists(client, collection)))
    return { type, collection, exists: false, points: 0, indexedVectors: 0, quantized: false };
  const info = await describe(client, collection);
  return {
    type,
    collection,
    exists: true,
    points: info.points_count ?? 0,
    indexedVectors: info.indexed_vectors_count ?? 0,
    quantized: isQuantized(info),
  };
}
