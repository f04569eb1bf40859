/**
 * What the product expects of Qdrant, by its own client: run against the embedded server and, where QDRANT_URL is set,
 * against that Qdrant too.
 */
import { randomUUID } from 'node:crypto';
import { QdrantClient } from '@qdrant/js-client-rest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from './fixtures/qdrant-server.ts';

const targets = [
  { name: 'embedded', url: undefined },
  ...(process.env.QDRANT_URL ? [{ name: 'QDRANT_URL', url: process.env.QDRANT_URL }] : []),
];
const BM25 = 'qdrant/bm25';
const text = (words: string) => ({ text: words, model: BM25 });
const uuid = '5b3e1f5c-52f6-4ad6-8b5f-0c1d8b7f6a11';
const ids = (points: { id: number | string }[]) => points.map(({ id }) => id);

const points = [
  { id: 1, words: 'the moving average crosses above', vector: [1, 0, 0], payload: { media: 'a', n: 1, live: true } },
  {
    id: 2,
    words: 'place the stop loss below support',
    vector: [0.9, 0.1, 0],
    payload: { media: 'a', n: 2, live: false },
  },
  { id: uuid, words: 'volume confirms the breakout', vector: [0, 1, 0], payload: { media: 'b', n: 3, live: true } },
  { id: 4, words: 'stop trading when choppy', vector: [0, 0, 1], payload: { media: 'b', n: 4, tags: ['x', 'y'] } },
];

describe.each(targets)('Qdrant ($name)', ({ url }) => {
  let server: TestServer | undefined;
  let client: QdrantClient;
  let name: string;
  const made: string[] = [];

  beforeAll(async () => {
    server = url ? undefined : await startServer();
    const key = process.env.QDRANT_API_KEY;
    client = new QdrantClient({ url: url ?? server?.url ?? '', ...(url && key ? { apiKey: key } : {}) });
  });
  afterAll(async () => {
    if (url) await Promise.all(made.map((one) => client.deleteCollection(one)));
    await server?.stop();
  });
  beforeEach(async () => {
    name = await create();
    await client.upsert(name, {
      wait: true,
      points: points.map(({ id, words, vector, payload }) => ({
        id,
        payload,
        vector: { dense: vector, bm25: text(words) },
      })),
    });
  });

  async function create(): Promise<string> {
    const collection = `test_${randomUUID()}`;
    await client.createCollection(collection, {
      vectors: { dense: { size: 3, distance: 'Cosine' } },
      sparse_vectors: { bm25: { modifier: 'idf' } },
    });
    made.push(collection);
    return collection;
  }

  it('creates, lists, describes and deletes collections', async () => {
    const info = await client.getCollection(name);
    expect(info).toMatchObject({ status: 'green', points_count: 4 });
    expect(info.config.params.vectors).toMatchObject({ dense: { size: 3, distance: 'Cosine' } });
    expect((await client.getCollections()).collections.map((one) => one.name)).toContain(name);
    await expect(client.createCollection(name, { vectors: { size: 3, distance: 'Cosine' } })).rejects.toMatchObject({
      status: 409,
    });
    await client.deleteCollection(name);
    expect((await client.collectionExists(name)).exists).toBe(false);
    await expect(client.getCollection(name)).rejects.toMatchObject({ status: 404 });
  });

  it('switches an alias from one collection to another in one step', async () => {
    const next = await create();
    const alias = `alias_${randomUUID()}`;
    const to = (collection: string) => ({ create_alias: { alias_name: alias, collection_name: collection } });
    await client.updateCollectionAliases({ actions: [to(name)] });
    expect((await client.count(alias, { exact: true })).count).toBe(4);
    await client.updateCollectionAliases({ actions: [{ delete_alias: { alias_name: alias } }, to(next)] });
    expect((await client.count(alias, { exact: true })).count).toBe(0);
    const listed = (await client.getAliases()).aliases.find(({ alias_name }) => alias_name === alias);
    expect(listed?.collection_name).toBe(next);
    expect((await client.getCollectionAliases(next)).aliases).toHaveLength(1);
    await expect(client.updateCollectionAliases({ actions: [to('absent')] })).rejects.toMatchObject({ status: 404 });
    await client.updateCollectionAliases({ actions: [{ delete_alias: { alias_name: alias } }] });
    await expect(client.count(alias)).rejects.toMatchObject({ status: 404 });
  });

  it('finds by cosine similarity, best first, with payload and threshold', async () => {
    const found = await client.query(name, { query: [1, 0, 0], using: 'dense', limit: 3, with_payload: true });
    expect(ids(found.points).slice(0, 2)).toEqual([1, 2]);
    expect(found.points[0]?.score).toBeCloseTo(1, 5);
    expect(found.points[0]?.payload).toEqual(points[0]?.payload);
    const near = await client.query(name, { query: [1, 0, 0], using: 'dense', score_threshold: 0.5 });
    expect(ids(near.points)).toEqual([1, 2]);
    const second = await client.query(name, { query: [1, 0, 0], using: 'dense', limit: 1, offset: 1 });
    expect(ids(second.points)).toEqual([2]);
  });

  it('groups by a payload field, the best of each value first', async () => {
    const asked = { query: [1, 0.05, 0.02], using: 'dense', group_by: 'media', limit: 2, with_payload: true };
    const { groups } = await client.queryGroups(name, { ...asked, group_size: 1 });
    expect(groups.map(({ id, hits }) => [id, ...ids(hits)])).toEqual([
      ['a', 1],
      ['b', uuid],
    ]);
    expect(groups[0]?.hits[0]?.payload).toEqual(points[0]?.payload);
    expect(groups[0]?.hits[0]?.score).toBeGreaterThan(groups[1]?.hits[0]?.score ?? 1);
    const one = await client.queryGroups(name, { ...asked, limit: 1, group_size: 5, with_vector: ['dense'] });
    expect(one.groups.map(({ hits }) => ids(hits))).toEqual([[1, 2]]);
    expect(one.groups[0]?.hits[0]?.vector).toMatchObject({ dense: [1, 0, 0] });
    const byNumber = await client.queryGroups(name, { ...asked, group_by: 'n', limit: 9, score_threshold: 0.9 });
    expect(byNumber.groups.map(({ id }) => id)).toEqual([1, 2]);
    const fused = await client.queryGroups(name, {
      prefetch: [
        { query: [0, 0, 1], using: 'dense', limit: 10 },
        { query: text('stop loss'), using: 'bm25', limit: 10 },
      ],
      query: { fusion: 'rrf' },
      filter: { must: [{ key: 'n', range: { lte: 2 } }] },
      group_by: 'media',
    });
    expect(fused.groups.map(({ id, hits }) => [id, hits.length])).toEqual([['a', 2]]);
  });

  it('takes metadata and quantization later, keeps the rest, and answers as before', async () => {
    await client.updateCollection(name, { metadata: { model: 'm', generation: 3 } });
    await client.updateCollection(name, { metadata: { generation: 4 } });
    expect((await client.getCollection(name)).config.metadata).toEqual({ model: 'm', generation: 4 });
    const asked = { query: [1, 0.2, 0.1], using: 'dense', limit: 4 };
    const before = await client.query(name, asked);
    const scalar = { type: 'int8', quantile: 0.99, always_ram: true } as const;
    await client.updateCollection(name, { quantization_config: { scalar } });
    const { config } = await client.getCollection(name);
    expect(config.quantization_config).toMatchObject({ scalar });
    expect(config.metadata).toEqual({ model: 'm', generation: 4 });
    for (const params of [{ exact: true }, { quantization: { rescore: true, oversampling: 2 } }])
      expect(ids((await client.query(name, { ...asked, params })).points)).toEqual(ids(before.points));
    await client.upsert(name, { wait: true, points: [{ id: 9, vector: { dense: [0.5, 0.5, 0] }, payload: {} }] });
    expect((await client.count(name, { exact: true })).count).toBe(5);
    await client.updateCollection(name, { quantization_config: 'Disabled' });
    expect((await client.getCollection(name)).config.quantization_config ?? null).toBeNull();
    await expect(client.updateCollection('absent', { metadata: {} })).rejects.toMatchObject({ status: 404 });
  });

  it('finds by words (BM25)', async () => {
    const found = await client.query(name, { query: text('stop loss'), using: 'bm25', limit: 10 });
    expect(ids(found.points)).toEqual([2, 4]);
  });

  it.each(['rrf', 'dbsf'] as const)('fuses dense and BM25 by %s, and filters both', async (fusion) => {
    const prefetch = [
      { query: [0, 0.2, 1], using: 'dense', limit: 10 },
      { query: text('stop loss'), using: 'bm25', limit: 10 },
    ];
    const both = await client.query(name, { prefetch, query: { fusion }, limit: 4 });
    expect(both.points).toHaveLength(4);
    expect(new Set(ids(both.points).slice(0, 2))).toEqual(new Set([2, 4]));
    const filter = { must: [{ key: 'media', match: { value: 'a' } }] };
    const filtered = await client.query(name, { prefetch, query: { fusion }, filter, limit: 4 });
    expect(new Set(ids(filtered.points))).toEqual(new Set([1, 2]));
  });

  it.each([
    ['a keyword', { must: [{ key: 'media', match: { value: 'b' } }] }, 2],
    ['any of', { must: [{ key: 'n', match: { any: [1, 4] } }] }, 2],
    ['except', { must: [{ key: 'n', match: { except: [1, 4] } }] }, 2],
    ['true', { must: [{ key: 'live', match: { value: true } }] }, 2],
    ['false', { must: [{ key: 'live', match: { value: false } }] }, 1],
    ['a range', { must: [{ key: 'n', range: { gte: 2, lt: 4 } }] }, 2],
    ['one of a list', { must: [{ key: 'tags', match: { value: 'y' } }] }, 1],
    ['absence', { must: [{ is_empty: { key: 'tags' } }] }, 3],
    ['ids', { must: [{ has_id: [1, uuid] }] }, 2],
    ['must_not', { must_not: [{ key: 'media', match: { value: 'a' } }] }, 2],
    [
      'should',
      {
        should: [
          { key: 'n', match: { value: 1 } },
          { key: 'n', match: { value: 3 } },
        ],
      },
      2,
    ],
    ['a filter within', { must: [{ should: [{ key: 'n', match: { value: 1 } }] }] }, 1],
  ])('counts by %s', async (_, filter, expected) => {
    expect((await client.count(name, { filter, exact: true })).count).toBe(expected);
  });

  it('keeps its answers with payload indexes', async () => {
    await client.createPayloadIndex(name, { field_name: 'media', field_schema: 'keyword', wait: true });
    await client.createPayloadIndex(name, { field_name: 'n', field_schema: 'integer', wait: true });
    const filter = {
      must: [
        { key: 'media', match: { value: 'b' } },
        { key: 'n', range: { gt: 3 } },
      ],
    };
    expect(ids((await client.query(name, { query: [1, 0, 0], using: 'dense', filter })).points)).toEqual([4]);
    expect((await client.getCollection(name)).payload_schema).toMatchObject({ media: { data_type: 'keyword' } });
    await client.deletePayloadIndex(name, 'media', { wait: true });
    expect(ids((await client.query(name, { query: [1, 0, 0], using: 'dense', filter })).points)).toEqual([4]);
  });

  it('retrieves by id, with vectors when asked', async () => {
    const [one] = await client.retrieve(name, { ids: [uuid], with_vector: true });
    expect(one).toMatchObject({ id: uuid, payload: { media: 'b' }, vector: { dense: [0, 1, 0] } });
    expect(await client.retrieve(name, { ids: [99] })).toEqual([]);
    const [bare] = await client.retrieve(name, { ids: [1], with_payload: ['n'] });
    expect(bare?.payload).toEqual({ n: 1 });
  });

  it('scrolls through all points, each once', async () => {
    const seen: (number | string)[] = [];
    let offset: number | string | undefined;
    do {
      const page = await client.scroll(name, { limit: 2, ...(offset === undefined ? {} : { offset }) });
      seen.push(...ids(page.points));
      const next = page.next_page_offset;
      offset = typeof next === 'number' || typeof next === 'string' ? next : undefined;
    } while (offset !== undefined);
    expect(seen.map(String).sort()).toEqual(points.map(({ id }) => String(id)).sort());
  });

  it('replaces a point upserted again', async () => {
    await client.upsert(name, {
      wait: true,
      points: [{ id: 1, payload: { n: 100 }, vector: { dense: [0, 0, 1], bm25: text('new words') } }],
    });
    expect((await client.count(name, { exact: true })).count).toBe(4);
    const [one] = await client.retrieve(name, { ids: [1] });
    expect(one?.payload).toEqual({ n: 100 });
    expect(ids((await client.query(name, { query: text('moving average'), using: 'bm25' })).points)).toEqual([]);
  });

  it('deletes by id and by filter', async () => {
    await client.delete(name, { wait: true, points: [1] });
    await client.delete(name, { wait: true, filter: { must: [{ key: 'media', match: { value: 'b' } }] } });
    expect(ids((await client.scroll(name, {})).points)).toEqual([2]);
  });
});
