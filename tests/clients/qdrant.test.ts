/** The index client on the embedded engine, on a server of its own: aliases are one set a server. */
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createIndex, type IndexPoint, type PointPayload, type VectorIndex } from '../../clients/qdrant/index.ts';
import { SEARCHABLE_TYPES } from '../../contracts/names.ts';
import { startServer, type TestServer } from '../local/fixtures/qdrant-server.ts';
import { closedUrl } from './closed-port.ts';

const dimension = 8;
const unit = (...values: number[]) => {
  const vector = Float32Array.from({ length: dimension }, (_, index) => values[index] ?? 0);
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
};
const point = (vector: Float32Array, text: string, payload: Partial<PointPayload> = {}): IndexPoint => ({
  id: randomUUID(),
  vector,
  text,
  payload: {
    media_item_id: 1,
    video_id: 'lesson',
    reference_id: 1,
    origin: 'pipeline',
    text,
    start_ms: 0,
    end_ms: 1_000,
    clip_id: null,
    keyword: ['RSI'],
    category: ['technical_indicator'],
    confidence: 0.9,
    ...payload,
  },
});
const caught = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error) => error,
  );

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

test('says that nothing listens', async () => {
  const closed = createIndex({ url: await closedUrl(), model: 'm', dimension });
  expect(await caught(closed.stats())).toMatchObject({
    code: 'QDRANT_UNAVAILABLE',
    message: expect.stringContaining('ECONNREFUSED'),
  });
});

describe('index', () => {
  let index: VectorIndex;
  const rsi = point(unit(1, 0.1), 'RSI below thirty is oversold', { media_item_id: 1, start_ms: 1_000, end_ms: 2_000 });
  const macd = point(unit(0.9, 0.5), 'the MACD line crosses its signal', {
    media_item_id: 1,
    keyword: ['MACD'],
    clip_id: 7,
    confidence: 0.5,
    start_ms: 2_000,
    end_ms: 4_000,
  });
  const stop = point(unit(0, 1), 'put the stop under the swing low', {
    media_item_id: 2,
    video_id: 'other',
    keyword: ['stop loss', 'swing'],
    category: ['risk_management'],
    confidence: null,
  });
  beforeAll(async () => {
    index = createIndex({ url: server.url, model: 'Test Model', dimension });
    expect(await index.live()).toBeNull();
    await index.ensureCollections();
    await index.upsert('transcript', [rsi, macd, stop]);
  });

  test('orders by cosine similarity and keeps the bound', async () => {
    const results = await index.search('transcript', { vector: unit(1), mode: 'dense', topK: 5, minSimilarity: 0.5 });
    expect(results.map((result) => result.id)).toEqual([rsi.id, macd.id]);
    expect(Math.abs((results[0]?.similarity ?? 0) - 1 / Math.hypot(1, 0.1))).toBeLessThan(1e-4);
    expect(results[0]?.payload).toEqual(rsi.payload);
  });

  test('finds words that meaning misses, and still tells the cosine similarity', async () => {
    const request = { vector: unit(1), text: 'swing low', topK: 2, minSimilarity: -1 } as const;
    const dense = await index.search('transcript', { ...request, mode: 'dense' });
    const hybrid = await index.search('transcript', { ...request, mode: 'hybrid' });
    expect(dense.map((result) => result.id)).not.toContain(stop.id);
    expect(hybrid.find((result) => result.id === stop.id)?.similarity).toBeCloseTo(0, 5);
    const bounded = await index.search('transcript', { ...request, mode: 'hybrid', minSimilarity: 0.5 });
    expect(bounded.map((result) => result.id)).not.toContain(stop.id);
    for (const mode of ['hybrid', 'bm25'] as const)
      expect(await caught(index.search('transcript', { ...request, text: ' ', mode }))).toMatchObject({
        code: 'INVALID_INPUT',
      });
  });

  test('finds by words alone, with the cosine similarity beside the score', async () => {
    const request = { vector: unit(1), text: 'stop swing', topK: 5, minSimilarity: -1, mode: 'bm25' } as const;
    const found = await index.search('transcript', request);
    expect(found.map(({ id }) => id)).toEqual([stop.id]);
    expect(found[0]?.similarity).toBeCloseTo(0, 5);
    expect(found[0]?.score).toBeGreaterThan(0.5);
    expect(await index.search('transcript', { ...request, minSimilarity: 0.2 })).toEqual([]);
  });

  test.each(['dense', 'hybrid'] as const)('pages through %s results without a gap', async (mode) => {
    const request = { vector: unit(1, 1), text: 'the', topK: 1, minSimilarity: -1, mode };
    const all = await index.search('transcript', { ...request, topK: 3 });
    const paged = [];
    for (const offset of [0, 1, 2, 3]) paged.push(...(await index.search('transcript', { ...request, offset })));
    expect(paged).toEqual(all);
    expect(all).toHaveLength(3);
  });

  test.each(['dense', 'bm25', 'hybrid'] as const)('groups %s results by media item', async (mode) => {
    const request = { vector: unit(1, 0.5), text: 'RSI MACD stop line', topK: 5, minSimilarity: -1, mode };
    const groups = await index.searchByMedia('transcript', { ...request, groupSize: 1 });
    expect(new Map(groups.map(({ mediaItemId, results }) => [mediaItemId, results.length]))).toEqual(
      new Map([
        [1, 1],
        [2, 1],
      ]),
    );
    const both = await index.searchByMedia('transcript', {
      ...request,
      topK: 1,
      groupSize: 3,
      filter: { mediaItemId: 1 },
    });
    expect(both).toHaveLength(1);
    expect(new Set(both[0]?.results.map(({ id }) => id))).toEqual(new Set([rsi.id, macd.id]));
    expect(both[0]?.results[0]?.payload.video_id).toBe('lesson');
    const bounded = await index.searchByMedia('transcript', { ...request, minSimilarity: 0.6, groupSize: 3 });
    expect(bounded.map(({ mediaItemId }) => mediaItemId)).toEqual([1]);
  });

  test.each([
    [{ mediaItemId: 2 }, [stop.id]],
    [{ mediaItemId: [1, 2], keyword: 'MACD' }, [macd.id]],
    [{ keyword: ['RSI', 'stop loss'] }, [rsi.id, stop.id]],
    [{ category: 'risk_management' }, [stop.id]],
    [{ fromMs: 2_000, toMs: 3_000 }, [macd.id]],
    [{ mediaItemId: 1, toMs: 2_000 }, [rsi.id]],
    [{ keyword: [] }, []],
    [{ videoId: 'other' }, [stop.id]],
    [{ clipId: 7 }, [macd.id]],
    [{ clipId: [7, 8], keyword: 'RSI' }, []],
    [{ minConfidence: 0.6 }, [rsi.id]],
    [{ minConfidence: 0.5 }, [rsi.id, macd.id]],
  ])('filters by %j', async (filter, wanted) => {
    for (const mode of ['dense', 'hybrid'] as const) {
      const found = await index.search('transcript', {
        vector: unit(1, 1),
        text: 'stop',
        mode,
        topK: 9,
        minSimilarity: -1,
        filter,
      });
      expect(found.map((result) => result.id).sort()).toEqual([...wanted].sort());
    }
    expect(await index.count('transcript', filter)).toBe(wanted.length);
  });

  test('the same id again replaces the point', async () => {
    const before = await index.count('transcript');
    await index.upsert('transcript', [rsi]);
    expect(await index.count('transcript')).toBe(before);
  });

  test('tells which points it does not hold', async () => {
    const absent = randomUUID();
    expect(await index.readBack('transcript', [rsi.id, absent, stop.id])).toEqual([absent]);
  });

  test('stores many in batches and removes what belongs to one media item', async () => {
    const many = Array.from({ length: 300 }, (_, number) =>
      point(unit(number + 1, 1), `cue ${number}`, { media_item_id: 70 + (number % 2) }),
    );
    const progress: number[] = [];
    await index.upsert('clip', many, { onProgress: ({ done }) => progress.push(done) });
    expect(progress).toEqual([256, 300]);
    expect(
      await index.readBack(
        'clip',
        many.map(({ id }) => id),
      ),
    ).toEqual([]);
    await index.deletePoints(
      'clip',
      many.slice(0, 10).map(({ id }) => id),
    );
    expect(await index.count('clip')).toBe(290);
    await index.deleteMedia(70);
    expect(await index.count('clip', { mediaItemId: 70 })).toBe(0);
    expect(await index.count('clip')).toBe(145);
    const controller = new AbortController();
    controller.abort();
    expect(await caught(index.upsert('clip', many, { signal: controller.signal }))).toMatchObject({
      code: 'CANCELLED',
    });
  });

  test('refuses vectors of the wrong length or without a number', async () => {
    expect(await caught(index.upsert('frame', [point(Float32Array.of(1, 2), 'x')]))).toMatchObject({
      code: 'INVALID_INPUT',
    });
    expect(await caught(index.upsert('frame', [point(unit(Number.NaN), 'x')]))).toMatchObject({
      code: 'INVALID_INPUT',
    });
    const other = await caught(index.of({ model: 'no such', dimension, generation: 3 }).count('frame'));
    expect(other).toMatchObject({ code: 'QDRANT_REJECTED', details: { status: 404 } });
  });

  test('refuses to answer with a point that is not ours', async () => {
    const odd = point(unit(1), 'x');
    await index.upsert('frame', [{ ...odd, payload: { ...odd.payload, start_ms: 0.5 } }]);
    const request = { vector: unit(1), mode: 'dense', topK: 1, minSimilarity: -1 } as const;
    expect(await caught(index.search('frame', request))).toMatchObject({
      code: 'QDRANT_REJECTED',
      message: expect.stringContaining('start_ms'),
    });
    await index.deletePoints('frame', [odd.id]);
  });

  test('removes points of items that are gone, within a range of ids', async () => {
    const of = (media_item_id: number) => point(unit(1), 'x', { media_item_id });
    await index.upsert('frame', [of(10), of(11), of(12), of(13), of(20)]);
    expect(await index.keepOnlyMedia('frame', { after: 10, upTo: 13, mediaItemIds: [12] })).toBe(2);
    expect(await index.count('frame', { mediaItemId: [10, 11, 12, 13, 20] })).toBe(3);
    expect(await index.keepOnlyMedia('frame', { after: 9, upTo: 20, mediaItemIds: [] })).toBe(3);
  });

  test('any text can be stored and searched', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', minLength: 1 }), async (text) => {
        const stored = point(unit(1), text);
        await index.upsert('frame', [stored]);
        expect(await index.readBack('frame', [stored.id])).toEqual([]);
        if (text.trim() !== '')
          await index.search('frame', { vector: unit(1), text, mode: 'hybrid', topK: 3, minSimilarity: 0 });
      }),
      { numRuns: 25 },
    );
  });
});

describe('builds', () => {
  const payload = { mode: 'dense', vector: unit(1), topK: 5, minSimilarity: -1 } as const;

  test('workers that start at once make one set of collections, with all payload indexes', async () => {
    const own = await startServer();
    const racing = () => createIndex({ url: own.url, model: 'A/B model', dimension });
    const made = await Promise.all([racing(), racing(), racing()].map((one) => one.ensureCollections()));
    expect(new Set(made.map((build) => JSON.stringify(build))).size).toBe(1);
    expect(await racing().live()).toEqual({ model: 'A/B model', dimension, generation: 0 });
    expect((await racing().stats()).map((state) => [state.type, state.exists, state.points])).toEqual(
      SEARCHABLE_TYPES.map((type) => [type, true, 0]),
    );
    await own.stop();
  });

  test('a swap is seen at once by every process, and the other build stays readable', async () => {
    const own = await startServer();
    const [worker, api] = [1, 2].map(() => createIndex({ url: own.url, model: 'old', dimension })) as [
      VectorIndex,
      VectorIndex,
    ];
    const first = await worker.ensureCollections();
    const next = { model: 'new', dimension: 4, generation: 1 };
    expect(await worker.exists(next)).toBe(false);
    await worker.create(next);
    await worker.create(next);
    expect(await worker.exists(next)).toBe(true);
    const [a, b] = [point(unit(1), 'old'), point(Float32Array.of(1, 0, 0, 0), 'new')];
    await worker.of(first).upsert('clip', [a]);
    await worker.of(next).upsert('clip', [b]);
    expect((await api.search('clip', payload)).map(({ id }) => id)).toEqual([a.id]);
    await worker.swap(next);
    expect(await api.liveModel()).toMatchObject({ model: 'new', dimension: 4 });
    const found = await api.search('clip', { ...payload, vector: Float32Array.of(1, 0, 0, 0) });
    expect(found.map(({ id }) => id)).toEqual([b.id]);
    expect((await api.of(first).search('clip', payload)).map(({ id }) => id)).toEqual([a.id]);
    await api.deleteMedia(1);
    expect([await api.count('clip'), await api.of(first).count('clip')]).toEqual([0, 0]);
    await worker.drop(first);
    expect(await worker.exists(first)).toBe(false);
    expect(await worker.ensureCollections()).toEqual(next);
    await own.stop();
  });

  test('a large collection is searched as int8 and rescored, with the same answers', async () => {
    const own = await startServer();
    const large = createIndex({ url: own.url, model: 'm', dimension, quantizeAbove: 200 });
    await large.ensureCollections();
    const many = Array.from({ length: 400 }, (_, at) =>
      point(unit(Math.sin(at), Math.cos(at * 1.7), Math.sin(at * 0.3), Math.cos(at * 2.1)), `cue ${at}`),
    );
    await large.upsert('transcript', many.slice(0, 150));
    await large.quantizeWhenLarge();
    expect((await large.stats())[0]).toMatchObject({ points: 150, quantized: false });
    await large.upsert('transcript', many);
    const request = { ...payload, vector: unit(1, 1), topK: 10 };
    const before = await large.search('transcript', { ...request, exact: true });
    await large.quantizeWhenLarge();
    await large.quantizeWhenLarge();
    expect((await large.stats()).map(({ quantized }) => quantized)).toEqual([true, false, false]);
    expect(await large.search('transcript', { ...request, exact: true })).toEqual(before);
    expect((await large.search('transcript', request)).map(({ id }) => id)).toEqual(before.map(({ id }) => id));
    expect((await large.sample('transcript', 5)).every(({ vector }) => vector.length === dimension)).toBe(true);
    await own.stop();
  });
});
