/** The three collections, their payload indexes and the aliases in front of them. */
import type { QdrantClient } from '@qdrant/js-client-rest';
import { collectionAlias, collectionName, SEARCHABLE_TYPES, type SearchableType } from '../../contracts/names.ts';
import { ask, statusOf } from './errors.ts';
import { PAYLOAD_INDEXES } from './filter.ts';

export const DENSE = 'dense';
export const SPARSE = 'bm25';

export type ModelName = { model: string; dimension: number };
export type CollectionState = {
  type: SearchableType;
  collection: string;
  exists: boolean;
  points: number;
  indexedVectors: number;
  /** Collection that the alias names now; differs from `collection` until a reindex has switched it. */
  aliasOf: string | null;
};

/**
 * Creates what is missing; run twice, or by two workers at once, it does no harm. A missing alias is made; one that names the
 * collection of another model stays until `switchAliases`.
 */
export async function ensureCollections(client: QdrantClient, model: ModelName): Promise<void> {
  for (const type of SEARCHABLE_TYPES) await ensureCollection(client, nameOf(type, model), model.dimension);
  const aliases = await aliasTargets(client);
  const missing = SEARCHABLE_TYPES.filter((type) => !aliases.has(collectionAlias(type)));
  if (missing.length > 0) await pointAliases(client, model, missing);
}

/** Lets all three aliases name this model's collections, in one step. */
export const switchAliases = (client: QdrantClient, model: ModelName) => pointAliases(client, model, SEARCHABLE_TYPES);

export async function collectionStates(client: QdrantClient, model: ModelName): Promise<CollectionState[]> {
  const aliases = await aliasTargets(client);
  return Promise.all(
    SEARCHABLE_TYPES.map(async (type) => {
      const collection = nameOf(type, model);
      const aliasOf = aliases.get(collectionAlias(type)) ?? null;
      if (!(await exists(client, collection)))
        return { type, collection, exists: false, points: 0, indexedVectors: 0, aliasOf };
      const info = await ask('describe a collection', () => client.getCollection(collection));
      return {
        type,
        collection,
        exists: true,
        points: info.points_count ?? 0,
        indexedVectors: info.indexed_vectors_count ?? 0,
        aliasOf,
      };
    }),
  );
}

export const nameOf = (type: SearchableType, { model, dimension }: ModelName) => collectionName(type, model, dimension);

async function ensureCollection(client: QdrantClient, name: string, dimension: number): Promise<void> {
  if (!(await exists(client, name))) {
    await ask('create a collection', () => createUnlessThere(client, name, dimension));
  }
  const { payload_schema: indexed } = await ask('describe a collection', () => client.getCollection(name));
  for (const [field_name, field_schema] of Object.entries(PAYLOAD_INDEXES)) {
    if (field_name in indexed) continue;
    await ask('index a payload field', () => client.createPayloadIndex(name, { field_name, field_schema, wait: true }));
  }
}

async function createUnlessThere(client: QdrantClient, name: string, dimension: number): Promise<void> {
  try {
    await client.createCollection(name, {
      vectors: { [DENSE]: { size: dimension, distance: 'Cosine' } },
      sparse_vectors: { [SPARSE]: { modifier: 'idf' } },
    });
  } catch (error) {
    // Another worker was quicker: Qdrant answers 409, older versions 400.
    const status = statusOf(error);
    if ((status === 409 || status === 400) && (await exists(client, name))) return;
    throw error;
  }
}

const exists = async (client: QdrantClient, name: string) =>
  (await ask('look up a collection', () => client.collectionExists(name))).exists;

async function aliasTargets(client: QdrantClient): Promise<Map<string, string>> {
  const { aliases } = await ask('list aliases', () => client.getAliases());
  return new Map(aliases.map((alias) => [alias.alias_name, alias.collection_name]));
}

async function pointAliases(client: QdrantClient, model: ModelName, types: readonly SearchableType[]): Promise<void> {
  const actions = types.map((type) => ({
    create_alias: { alias_name: collectionAlias(type), collection_name: nameOf(type, model) },
  }));
  await ask('set aliases', () => client.updateCollectionAliases({ actions }));
}
