/** The three collections of a build, their payload indexes, and the aliases in front of them. */
import type { QdrantClient, Schemas } from '@qdrant/js-client-rest';
import { z } from 'zod';
import { collectionAlias, collectionName, SEARCHABLE_TYPES, type SearchableType } from '../../contracts/names.ts';
import { ask, statusOf } from './errors.ts';
import { PAYLOAD_INDEXES } from './filter.ts';
import type { Build, ModelName } from './types.ts';

export const DENSE = 'dense';
export const SPARSE = 'bm25';

/** Kept with each collection: its name tells the model only in part. */
const metadataSchema = z.object({ model: z.string(), dimension: z.int(), generation: z.int() });

export const nameOf = (type: SearchableType, { model, dimension, generation }: Build) =>
  collectionName(type, model, dimension, generation);

/** Creates what is missing; run twice, or by two workers at once, it does no harm. */
export async function createBuild(client: QdrantClient, build: Build): Promise<void> {
  for (const type of SEARCHABLE_TYPES) await ensureCollection(client, nameOf(type, build), build);
}

export async function dropBuild(client: QdrantClient, build: Build): Promise<void> {
  for (const type of SEARCHABLE_TYPES)
    await ask('delete a collection', () => client.deleteCollection(nameOf(type, build)));
}

export async function buildExists(client: QdrantClient, build: Build): Promise<boolean> {
  for (const type of SEARCHABLE_TYPES) if (!(await exists(client, nameOf(type, build)))) return false;
  return true;
}

/** All in one request: Qdrant does such a list whole or not at all. */
export async function pointAliases(
  client: QdrantClient,
  build: Build,
  types: readonly SearchableType[] = SEARCHABLE_TYPES,
): Promise<void> {
  const actions = types.map((type) => ({
    create_alias: { alias_name: collectionAlias(type), collection_name: nameOf(type, build) },
  }));
  await ask('set aliases', () => client.updateCollectionAliases({ actions }));
}

/** Alias → collection. */
export async function aliasTargets(client: QdrantClient): Promise<Map<string, string>> {
  const { aliases } = await ask('list aliases', () => client.getAliases());
  return new Map(aliases.map((alias) => [alias.alias_name, alias.collection_name]));
}

/**
 * The build that the aliases name; `null` when one of them is missing. `known`: builds by collection, which never change, so that
 * a search asks for the aliases only.
 */
export async function liveBuild(
  client: QdrantClient,
  configured: ModelName,
  known: Map<string, Build>,
): Promise<Build | null> {
  const targets = await aliasTargets(client);
  const names = SEARCHABLE_TYPES.map((type) => targets.get(collectionAlias(type)));
  const [first] = names;
  if (first === undefined || names.includes(undefined)) return null;
  const before = known.get(first);
  if (before) return before;
  const told = metadataSchema.safeParse((await describe(client, first)).config.metadata);
  const build = told.success ? told.data : fromName(first, configured);
  if (told.success) known.set(first, told.data);
  return build;
}

/** Collections made before they carried metadata can only be of the model that is configured. */
function fromName(name: string, configured: ModelName): Build | null {
  const generation = Number(/__g(\d+)$/.exec(name)?.[1] ?? 0);
  const build = { model: configured.model, dimension: configured.dimension, generation };
  return SEARCHABLE_TYPES.some((type) => nameOf(type, build) === name) ? build : null;
}

/** Names of all collections that hold points of ours, of whatever build. */
export async function ourCollections(client: QdrantClient): Promise<string[]> {
  const { collections } = await ask('list collections', () => client.getCollections());
  const prefixes = SEARCHABLE_TYPES.map((type) => `${collectionAlias(type)}__`);
  return collections.map(({ name }) => name).filter((name) => prefixes.some((prefix) => name.startsWith(prefix)));
}

export const describe = (client: QdrantClient, name: string): Promise<Schemas['CollectionInfo']> =>
  ask('describe a collection', () => client.getCollection(name));

export const exists = async (client: QdrantClient, name: string): Promise<boolean> =>
  (await ask('look up a collection', () => client.collectionExists(name))).exists;

async function ensureCollection(client: QdrantClient, name: string, build: Build): Promise<void> {
  if (!(await exists(client, name))) {
    await ask('create a collection', () => createUnlessThere(client, name, build.dimension));
  }
  const { payload_schema: indexed, config } = await describe(client, name);
  for (const [field_name, field_schema] of Object.entries(PAYLOAD_INDEXES)) {
    if (field_name in indexed) continue;
    await ask('index a payload field', () => client.createPayloadIndex(name, { field_name, field_schema, wait: true }));
  }
  if (metadataSchema.safeParse(config.metadata).success) return;
  const { model, dimension, generation } = build;
  const metadata = { model, dimension, generation };
  // The client's createCollection leaves metadata out.
  await ask('describe a collection', () => client.updateCollection(name, { metadata }));
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
