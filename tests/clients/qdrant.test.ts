import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { createIndex, type IndexPoint } from '../../clients/qdrant/index.ts';
import { SEARCHABLE_TYPES } from '../../contracts/names.ts';
import { closedUrl } from './closed-port.ts';

const url = process.env.TEST_QDRANT_URL ?? '';
const dimension = 8;
const freshModel = () => `test-${randomUUID()}`;
const unit = (...values: number[]) => {
  const vector = Float32Array.from({ length: dimension }, (_, index) => values[index] ?? 0);
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
};
const point = (vector: Float32Array, text: string, payload: Record<string, unknown> = {}): IndexPoint => ({
  id: randomUUID(),
  vector,
  text,
  payload: {
    media_item_id: 1,
    keyword: 'RSI',
    category: 'technical_indicator',
    start_ms: 0,
    end_ms: 1_000,
    text,
    ...payload,
  },
});
const caught = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error) => error,
  );

test('says that nothing listens', async () => {
  const closed = createIndex({ url: await closedUrl(), model: 'm', dimension });
  expect(await caught(closed.stats())).toMatchObject({
    code: 'QDRANT_UNAVAILABLE',
    message: expect.stringContaining('ECONNREFUSED'),
  });
});

describe.skipIf(url === '')('index', () => {
  const index = createIndex({ url, model: freshModel(), dimension });
  const rsi = point(unit(1, 0.1), 'RSI below thirty is oversold', { media_item_id: 1, start_ms: 1_000, end_ms: 2_000 });
  const macd = point(unit(0.9, 0.5), 'the MACD line crosses its signal', {
    media_item_id: 1,
    keyword: 'MACD',
    start_ms: 2_000,
    end_ms: 4_000,
  });
  const stop = point(unit(0, 1), 'put the stop under the swing low', {
    media_item_id: 2,
    keyword: 'stop loss',
    category: 'risk_management',
  });
  beforeAll(async () => {
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
    expect(await caught(index.search('transcript', { ...request, text: ' ', mode: 'hybrid' }))).toMatchObject({
      code: 'INVALID_INPUT',
    });
  });

  test.each([
    [{ mediaItemId: 2 }, [stop.id]],
    [{ mediaItemId: [1, 2], keyword: 'MACD' }, [macd.id]],
    [{ keyword: ['RSI', 'stop loss'] }, [rsi.id, stop.id]],
    [{ category: 'risk_management' }, [stop.id]],
    [{ fromMs: 2_000, toMs: 3_000 }, [macd.id]],
    [{ mediaItemId: 1, toMs: 2_000 }, [rsi.id]],
    [{ keyword: [] }, []],
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
    expect(progress).toEqual([128, 256, 300]);
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
    const other = await caught(createIndex({ url, model: freshModel(), dimension }).count('frame'));
    expect(other).toMatchObject({ code: 'QDRANT_REJECTED', details: { status: 404 } });
  });

  test('workers that start at once make one set of collections', async () => {
    const model = freshModel();
    const racing = createIndex({ url, model, dimension });
    await Promise.all([racing, createIndex({ url, model, dimension }), racing].map((one) => one.ensureCollections()));
    const states = await racing.stats();
    expect(states.map((state) => [state.type, state.exists, state.points])).toEqual(
      SEARCHABLE_TYPES.map((type) => [type, true, 0]),
    );
    await racing.switchAliases();
    expect((await racing.stats()).every((state) => state.aliasOf === state.collection)).toBe(true);
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
