/** Writing points, reading them back, and removing them. `where` is the name of a collection or of an alias. */
import type { QdrantClient, Schemas } from '@qdrant/js-client-rest';
import { TapeworksError } from '../../contracts/errors.ts';
import { throwIfCancelled } from '../cancelled.ts';
import { batches, bytesOf } from './batches.ts';
import { DENSE, SPARSE } from './collections.ts';
import { ask } from './errors.ts';
import { type IndexFilter, toQdrantFilter } from './filter.ts';
import { toPayload } from './payload.ts';
import { bm25, denseOf } from './search.ts';
import type { IndexPoint, UpsertOptions } from './types.ts';

export async function upsert(
  client: QdrantClient,
  where: string,
  points: IndexPoint[],
  { dimension, signal, onProgress }: UpsertOptions & { dimension: number },
): Promise<void> {
  for (const point of points) refuseWrongVector(point, dimension);
  for (const batch of batches(points, bytesOf)) {
    throwIfCancelled('Indexing', signal);
    await ask('store points', () => client.upsert(where, { wait: true, points: batch.items.map(toQdrantPoint) }));
    onProgress?.({ done: batch.from + batch.items.length, total: points.length });
  }
}

export async function count(client: QdrantClient, where: string, filter?: Schemas['Filter']): Promise<number> {
  const request = { exact: true, ...(filter ? { filter } : {}) };
  return (await ask('count points', () => client.count(where, request))).count;
}

export async function readBack(client: QdrantClient, where: string, ids: string[]): Promise<string[]> {
  const missing = new Set(ids);
  for (const { items } of batches(ids)) {
    const request = { ids: items, with_payload: false, with_vector: false };
    for (const point of await ask('read points back', () => client.retrieve(where, request)))
      missing.delete(String(point.id));
  }
  return [...missing];
}

export async function deletePoints(client: QdrantClient, where: string, ids: string[]): Promise<void> {
  for (const { items } of batches(ids))
    await ask('delete points', () => client.delete(where, { wait: true, points: items }));
}

export const deleteWhere = (client: QdrantClient, where: string, filter: Schemas['Filter']) =>
  ask('delete points', () => client.delete(where, { wait: true, filter }));

export async function keepOnly(client: QdrantClient, where: string, mediaItemId: number, ids: string[]): Promise<void> {
  const must = [...conditions({ mediaItemId }), { key: 'origin', match: { value: 'pipeline' } }];
  await deleteWhere(client, where, { must, ...(ids.length > 0 ? { must_not: [{ has_id: ids }] } : {}) });
}

export async function keepOnlyMedia(
  client: QdrantClient,
  where: string,
  { after, upTo, mediaItemIds }: { after: number; upTo: number; mediaItemIds: number[] },
): Promise<number> {
  const filter = {
    must: [{ key: 'media_item_id', range: { gt: after, lte: upTo } }],
    must_not: conditions({ mediaItemId: mediaItemIds }),
  };
  const strangers = await count(client, where, filter);
  if (strangers > 0) await deleteWhere(client, where, filter);
  return strangers;
}

export async function sample(client: QdrantClient, where: string, limit: number) {
  const request = { limit, with_payload: true, with_vector: [DENSE] };
  const { points } = await ask('read points', () => client.scroll(where, request));
  return points.map((point) => {
    const id = String(point.id);
    return { id, vector: denseOf(point.vector), payload: toPayload(id, point.payload) };
  });
}

const conditions = (filter: IndexFilter): Schemas['Condition'][] => {
  const must = toQdrantFilter(filter)?.must ?? [];
  return Array.isArray(must) ? must : [must];
};

const toQdrantPoint = ({ id, vector, text, payload }: IndexPoint) => ({
  id,
  vector: { [DENSE]: [...vector], [SPARSE]: bm25(text) },
  payload,
});

/** JSON has no NaN: it would reach Qdrant as null. */
function refuseWrongVector({ id, vector }: IndexPoint, dimension: number): void {
  if (vector.length === dimension && vector.every(Number.isFinite)) return;
  throw new TapeworksError('INVALID_INPUT', `Point ${id} needs ${dimension} finite numbers.`, {
    id,
    length: vector.length,
    dimension,
  });
}
