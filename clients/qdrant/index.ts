/** The vector index: a projection of the database that can be rebuilt from it at any time. */
import { QdrantClient } from '@qdrant/js-client-rest';
import { TapeworksError } from '../../contracts/errors.ts';
import { SEARCHABLE_TYPES, type SearchableType } from '../../contracts/names.ts';
import { throwIfCancelled } from '../cancelled.ts';
import {
  type CollectionState,
  collectionStates,
  DENSE,
  ensureCollections,
  nameOf,
  SPARSE,
  switchAliases,
} from './collections.ts';
import { ask } from './errors.ts';
import { type IndexFilter, toQdrantFilter } from './filter.ts';
import { bm25, search, type SearchRequest, type SearchResult } from './search.ts';

export type { CollectionState, IndexFilter, SearchRequest, SearchResult };

/** Points of one request; 384 numbers as JSON are about 8 kB. */
const BATCH_SIZE = 128;
const REQUEST_TIMEOUT_MS = 60_000;

export type IndexOptions = { url: string; apiKey?: string | undefined; model: string; dimension: number };
export type IndexPoint = {
  /** UUID. The same id again replaces the point. */
  id: string;
  vector: Float32Array;
  /** What its words are found by; it is stored only where the payload holds it, too. */
  text: string;
  payload: Record<string, unknown>;
};
export type UpsertOptions = {
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: { done: number; total: number }) => void) | undefined;
};

export type VectorIndex = {
  ensureCollections(): Promise<void>;
  /** After a reindex: the aliases name this model's collections from now on, all at once. */
  switchAliases(): Promise<void>;
  /** Returns when the points can be searched. */
  upsert(type: SearchableType, points: IndexPoint[], options?: UpsertOptions): Promise<void>;
  search(type: SearchableType, request: SearchRequest): Promise<SearchResult[]>;
  count(type: SearchableType, filter?: IndexFilter): Promise<number>;
  /** Those of `ids` that the index does not hold. */
  readBack(type: SearchableType, ids: string[]): Promise<string[]>;
  deletePoints(type: SearchableType, ids: string[]): Promise<void>;
  /** Removes a media item's points of one type but for `ids`. */
  keepOnly(type: SearchableType, mediaItemId: number, ids: string[]): Promise<void>;
  /** Removes a media item's points from all three collections. */
  deleteMedia(mediaItemId: number): Promise<void>;
  stats(): Promise<CollectionState[]>;
};

/**
 * Reads and writes go to the collections of this very model and dimension, so vectors of two models never meet; the aliases
 * name the collections for others. Errors of every call: `QDRANT_UNAVAILABLE`, `QDRANT_REJECTED`.
 */
export function createIndex({ url, apiKey, model, dimension }: IndexOptions): VectorIndex {
  const client = new QdrantClient({
    url,
    timeout: REQUEST_TIMEOUT_MS,
    checkCompatibility: false,
    ...(apiKey === undefined ? {} : { apiKey }),
  });
  const named = { model, dimension };
  return {
    ensureCollections: () => ensureCollections(client, named),
    switchAliases: () => switchAliases(client, named),
    stats: () => collectionStates(client, named),
    search: (type, request) => search(client, nameOf(type, named), request),

    async upsert(type, points, { signal, onProgress } = {}) {
      for (const point of points) refuseWrongVector(point, dimension);
      for (const batch of batches(points)) {
        throwIfCancelled('Indexing', signal);
        await ask('store points', () =>
          client.upsert(nameOf(type, named), { wait: true, points: batch.items.map(toQdrantPoint) }),
        );
        onProgress?.({ done: batch.from + batch.items.length, total: points.length });
      }
    },

    async count(type, filter) {
      const wanted = toQdrantFilter(filter);
      const request = { exact: true, ...(wanted ? { filter: wanted } : {}) };
      return (await ask('count points', () => client.count(nameOf(type, named), request))).count;
    },

    async readBack(type, ids) {
      const missing = new Set(ids);
      for (const { items } of batches(ids)) {
        const request = { ids: items, with_payload: false, with_vector: false };
        for (const point of await ask('read points back', () => client.retrieve(nameOf(type, named), request)))
          missing.delete(String(point.id));
      }
      return [...missing];
    },

    async deletePoints(type, ids) {
      for (const { items } of batches(ids)) {
        await ask('delete points', () => client.delete(nameOf(type, named), { wait: true, points: items }));
      }
    },

    async keepOnly(type, mediaItemId, ids) {
      const must = toQdrantFilter({ mediaItemId })?.must ?? [];
      const filter = { must, must_not: [{ has_id: ids }] };
      await ask('delete points', () => client.delete(nameOf(type, named), { wait: true, filter }));
    },

    async deleteMedia(mediaItemId) {
      const filter = toQdrantFilter({ mediaItemId }) ?? {};
      for (const type of SEARCHABLE_TYPES) {
        await ask('delete points', () => client.delete(nameOf(type, named), { wait: true, filter }));
      }
    },
  };
}

const toQdrantPoint = ({ id, vector, text, payload }: IndexPoint) => ({
  id,
  vector: { [DENSE]: [...vector], [SPARSE]: bm25(text) },
  payload,
});

function* batches<T>(items: T[]): Generator<{ from: number; items: T[] }> {
  for (let from = 0; from < items.length; from += BATCH_SIZE)
    yield { from, items: items.slice(from, from + BATCH_SIZE) };
}

/** JSON has no NaN: it would reach Qdrant as null. */
function refuseWrongVector({ id, vector }: IndexPoint, dimension: number): void {
  if (vector.length === dimension && vector.every(Number.isFinite)) return;
  throw new TapeworksError('INVALID_INPUT', `Point ${id} needs ${dimension} finite numbers.`, {
    id,
    length: vector.length,
    dimension,
  });
}
