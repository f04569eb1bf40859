/** What only the embedded server promises: nothing acknowledged is lost by a kill, and bad input cannot break a collection. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { QdrantClient } from '@qdrant/js-client-rest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromRoot, venvPython } from '../../deploy/local/setup/paths.mjs';
import { raw, startServer, type TestServer } from './fixtures/qdrant-server.ts';

const SIZE = 8;
const vector = (seed: number) => Array.from({ length: SIZE }, (_, index) => Math.sin(seed * 31 + index));
const definition = { vectors: { size: SIZE, distance: 'Cosine' as const }, sparse_vectors: { words: {} } };

function newFolder(): string {
  return mkdtempSync(path.join(os.tmpdir(), 'tapeworks qdrant '));
}

describe('kill -9', () => {
  it('loses no acknowledged point, over several kills in the middle of writing', { timeout: 120_000 }, async () => {
    const dataDir = newFolder();
    const acknowledged = new Set<number>();
    let next = 0;
    for (let round = 0; round < 4; round += 1) {
      const server = await startServer(dataDir);
      const client = new QdrantClient({ url: server.url });
      if (round === 0) await client.createCollection('c', definition);
      const count = (await client.count('c', { exact: true })).count;
      expect(count).toBeGreaterThanOrEqual(acknowledged.size);
      const kept = await client.retrieve('c', { ids: [...acknowledged], with_vector: true });
      expect(kept).toHaveLength(acknowledged.size);
      const killAfter = 40 + round * 35;
      let sent = 0;
      const write = async () => {
        for (;;) {
          const batch = Array.from({ length: 20 }, () => ({ id: next++, vector: vector(next), payload: { n: next } }));
          await client.upsert('c', { points: batch });
          for (const { id } of batch) acknowledged.add(id);
          sent += 1;
          // In the midst of the other writers' requests.
          if (sent === killAfter) server.child.kill();
        }
      };
      const writers = await Promise.allSettled([write(), write(), write()]);
      expect(writers.every(({ status }) => status === 'rejected')).toBe(true);
      await server.child.ended;
    }
    const server = await startServer(dataDir);
    const found = await new QdrantClient({ url: server.url }).retrieve('c', { ids: [...acknowledged] });
    expect(found).toHaveLength(acknowledged.size);
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('keeps aliases and what a collection was told later', async () => {
    const dataDir = newFolder();
    const server = await startServer(dataDir);
    const client = new QdrantClient({ url: server.url });
    await client.createCollection('c', definition);
    await client.upsert('c', { points: [1, 2, 3].map((id) => ({ id, vector: vector(id), payload: {} })) });
    await client.updateCollection('c', {
      metadata: { generation: 1 },
      quantization_config: { scalar: { type: 'int8' } },
    });
    await client.updateCollectionAliases({
      actions: [{ create_alias: { alias_name: 'live', collection_name: 'c' } }],
    });
    server.child.kill();
    await server.child.ended;
    const again = await startServer(dataDir);
    const after = new QdrantClient({ url: again.url });
    expect((await after.getCollection('live')).config).toMatchObject({
      metadata: { generation: 1 },
      quantization_config: { scalar: { type: 'int8' } },
    });
    const { points } = await after.query('live', { query: vector(2), limit: 1 });
    expect(points.map(({ id }) => id)).toEqual([2]);
    await again.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('leaves no half-made collection', async () => {
    const dataDir = newFolder();
    mkdirSync(path.join(dataDir, 'qdrant/half/shard'), { recursive: true });
    const server = await startServer(dataDir);
    expect((await new QdrantClient({ url: server.url }).getCollections()).collections).toEqual([]);
    expect(readdirSync(path.join(dataDir, 'qdrant'))).not.toContain('half');
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });
});

describe('a damaged write-ahead log', () => {
  it('is moved aside loudly, and what was flushed is served', { timeout: 60_000 }, async () => {
    const dataDir = newFolder();
    const first = await startServer(dataDir);
    const client = new QdrantClient({ url: first.url });
    await client.createCollection('c', definition);
    await client.upsert('c', { points: [{ id: 1, vector: vector(1) }] });
    await first.stop();
    const wal = path.join(dataDir, 'qdrant/c/shard/wal');
    for (const name of readdirSync(wal)) writeFileSync(path.join(wal, name), 'not a log');
    const second = await startServer(dataDir);
    expect((await new QdrantClient({ url: second.url }).count('c', { exact: true })).count).toBe(1);
    expect(readFileSync(second.child.logFile, 'utf8')).toContain('cannot be replayed');
    await second.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });
});

describe('bad input', () => {
  let server: TestServer;
  let client: QdrantClient;
  beforeAll(async () => {
    server = await startServer();
    client = new QdrantClient({ url: server.url });
    await client.createCollection('c', definition);
  });
  afterAll(() => server.stop());

  const nested = (depth: number, core: unknown): unknown => (depth === 0 ? core : { inner: nested(depth - 1, core) });
  const deepFilter = (depth: number): unknown =>
    depth === 0 ? { key: 'n', match: { value: 1 } } : { must: [deepFilter(depth - 1)] };
  const upsert = (point: unknown) => ['PUT', '/collections/c/points', { points: [point] }] as const;
  const query = (body: unknown) => ['POST', '/collections/c/points/query', body] as const;
  const huge = JSON.stringify({ points: [{ id: 1, vector: vector(1) }] }).replace(/-?0\.\d+/, '1e39');

  it.each([
    ['too few numbers', ...upsert({ id: 1, vector: [1, 2] })],
    ['no vector', ...upsert({ id: 1 })],
    ['text for numbers', ...upsert({ id: 1, vector: Array(SIZE).fill('1') })],
    ['null for a number', ...upsert({ id: 1, vector: [...vector(1).slice(1), null] })],
    ['more than a float32', 'PUT', '/collections/c/points', huge],
    ['NaN', 'PUT', '/collections/c/points', '{"points":[{"id":1,"vector":[NaN]}]}'],
    ['an unknown vector', ...upsert({ id: 1, vector: { other: vector(1) } })],
    ['a negative id', ...upsert({ id: -1, vector: vector(1) })],
    ['a boolean id', ...upsert({ id: true, vector: vector(1) })],
    ['an id that is no UUID', ...upsert({ id: 'x', vector: vector(1) })],
    [
      'sparse lists of different length',
      ...upsert({ id: 1, vector: { '': vector(1), words: { indices: [1, 2], values: [1] } } }),
    ],
    [
      'a sparse index twice',
      ...upsert({ id: 1, vector: { '': vector(1), words: { indices: [1, 1], values: [1, 2] } } }),
    ],
    ['a negative sparse index', ...upsert({ id: 1, vector: { '': vector(1), words: { indices: [-1], values: [1] } } })],
    ['a payload nested too deep', ...upsert({ id: 1, vector: vector(1), payload: nested(60, 1) })],
    ['a payload that is a list', ...upsert({ id: 1, vector: vector(1), payload: [1] })],
    ['a filter nested too deep', ...query({ query: vector(1), filter: deepFilter(30) })],
    ['an unknown filter clause', ...query({ query: vector(1), filter: { mustnt: [] } })],
    ['an unknown match', ...query({ query: vector(1), filter: { must: [{ key: 'n', match: { like: 1 } }] } })],
    ['a limit of 0', ...query({ query: vector(1), limit: 0 })],
    ['a query of another size', ...query({ query: [1] })],
    ['an unknown fusion', ...query({ prefetch: [{ query: vector(1) }], query: { fusion: 'sum' } })],
    ['a body that is a list', 'PUT', '/collections/c/points', '[]'],
    ['no JSON', 'PUT', '/collections/c/points', '{'],
    ['an unknown index type', 'PUT', '/collections/c/index', { field_name: 'n', field_schema: 'magic' }],
    ['a size of 0', 'PUT', '/collections/d', { vectors: { size: 0, distance: 'Cosine' } }],
    ['an unknown distance', 'PUT', '/collections/d', { vectors: { size: 2, distance: 'Far' } }],
    ['a name that leaves the folder', 'PUT', '/collections/..%2Fd', definition],
    ['a name of dots', 'PUT', '/collections/%2e%2e%00', definition],
  ])('%s is a 400, and the collection stays sound', async (_, method, target, body) => {
    const answer = await raw(server.url, method, target, body);
    expect(answer).toMatchObject({ status: 400, text: expect.stringContaining('error') });
    expect((await client.count('c', { exact: true })).count).toBe(0);
  });

  it('refuses web pages, other hosts and unknown paths', async () => {
    expect((await raw(server.url, 'GET', '/collections', undefined, { origin: 'http://evil.example' })).status).toBe(
      403,
    );
    expect((await raw(server.url, 'POST', '/collections/c/facet', {})).status).toBe(404);
    expect((await raw(server.url, 'GET', '/collections/c/points/1')).status).toBe(404);
  });

  it('still opens after all that', async () => {
    await client.upsert('c', { points: [{ id: 1, vector: vector(1) }] });
    await server.child.stop();
    const again = await startServer(server.dataDir);
    expect((await new QdrantClient({ url: again.url }).count('c', { exact: true })).count).toBe(1);
    expect(readFileSync(again.child.logFile, 'utf8')).not.toContain('WARNING');
    await again.stop();
  });

  it('refuses a second server on the folder', async () => {
    const busy = await startServer();
    const args = [fromRoot('deploy/local/qdrant/server.py'), path.join(busy.dataDir, 'qdrant'), '0'];
    const second = spawnSync(venvPython, args, { encoding: 'utf8', timeout: 20_000 });
    expect(second.status).toBe(1);
    expect(second.stderr).toContain('another server holds');
    await busy.stop();
  });
});
