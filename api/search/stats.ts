/** What the indexes hold, and what made it. */
import { z } from 'zod';
import type { Stats } from '../../contracts/http/search.ts';
import { collectionAlias } from '../../contracts/names.ts';
import type { ApiDependencies } from '../deps.ts';
import { liveBuild } from './run-search.ts';

/** Throws DATABASE_UNAVAILABLE, QDRANT_UNAVAILABLE, EMBEDDER_UNAVAILABLE. */
export async function searchStats({
  database,
  searchIndex,
  queryVectors,
}: Pick<ApiDependencies, 'database' | 'searchIndex' | 'queryVectors'>): Promise<Stats> {
  const build = await liveBuild({ searchIndex });
  const { model, dimension } = build;
  const [collections, embedder, byType, mediaItems, searchableItems, tableBytes] = await Promise.all([
    searchIndex.of(build).stats(),
    queryVectors.embedder(model),
    database.embedding.groupBy({ by: ['embeddingType'], where: { embeddingModel: model }, _count: { _all: true } }),
    database.mediaItem.count(),
    database.mediaItem.count({ where: { searchableAt: { not: null } } }),
    database.$queryRaw`SELECT pg_total_relation_size('embeddings')::float8 AS bytes`,
  ]);
  const [{ bytes }] = z.tuple([z.object({ bytes: z.number() })]).parse(tableBytes);
  return {
    model,
    dimension,
    device: embedder.device,
    precision: embedder.precision,
    media_items: mediaItems,
    searchable_items: searchableItems,
    vectors: {
      total: byType.reduce((sum, { _count }) => sum + _count._all, 0),
      by_type: Object.fromEntries(byType.map(({ embeddingType, _count }) => [embeddingType, _count._all])),
      size_bytes: bytes,
    },
    indices: collections.map(({ type, collection, points }) => ({
      name: collectionAlias(type),
      embedding_type: type,
      collection,
      vectors: points,
      size_bytes: points * dimension * 4,
    })),
  };
}
