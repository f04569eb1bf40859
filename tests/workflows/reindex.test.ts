/** The index rebuilt beside the live one, on an engine of its own: aliases are one set a server. */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { NativeConnection } from '@temporalio/worker';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createActivities, type Dependencies } from '../../activities/index.ts';
import { mostAsked, recordQuery } from '../../clients/database/search-queries.ts';
import type { VectorIndex } from '../../clients/qdrant/index.ts';
import { type ReindexInput, type ReindexResult, reindexResultSchema } from '../../contracts/messages.ts';
import { QUEUE_NAMES, type QueueName, taskQueue } from '../../contracts/names.ts';
import { createDependencies } from '../../workers/dependencies.ts';
import { createWorkers } from '../../workers/create.ts';
import { spawnWorker } from '../faults/worker-process.ts';
import { startServer, type TestServer } from '../local/fixtures/qdrant-server.ts';
import { type Harness, startHarness } from '../setup/harness.ts';
import { replayAndKeep } from '../setup/histories.ts';
import { makeSearchable, runActivity, storeItem } from '../setup/library.ts';
import { needed } from '../setup/tenant.ts';
import { until } from '../setup/until.ts';

const TOPICS = [
  'the relative strength index shows when the market is oversold',
  'a moving average crosses above the slower one',
  'place the stop loss below the last swing low',
  'volume confirms a breakout from the range',
  'never risk more than one percent of the account',
  'the candle closes as a hammer at support',
];
let server: TestServer;
let harness: Harness;
let dependencies: Dependencies;
let index: VectorIndex;
let stopIndexing: () => Promise<void>;
let runs = 0;

beforeAll(async () => {
  server = await startServer();
  // Without a worker on the gpu queue a rebuild waits at its first item, until `withGpu`.
  const WORKER_QUEUES = QUEUE_NAMES.filter((queue) => queue !== 'gpu' && queue !== 'index').join(',');
  harness = await startHarness({ QDRANT_URL: server.url, WORKER_QUEUES });
  dependencies = harness.dependencies;
  index = await dependencies.searchIndex();
  stopIndexing = await serve('index');
});
afterAll(async () => {
  await stopIndexing();
  await harness.close();
  await server.stop();
  await rm(server.dataDir, { recursive: true, force: true });
});

/** A library of items on different topics, each searchable. */
const fill = async (count: number): Promise<number[]> => {
  const ids: number[] = [];
  for (let at = 0; at < count; at += 1) {
    const id = await storeItem(dependencies, [
      `${TOPICS[at % TOPICS.length]}, lesson ${at}.`,
      `That is all of part ${at}.`,
    ]);
    await makeSearchable(dependencies, id);
    ids.push(id);
  }
  return ids;
};

const start = (input: Partial<ReindexInput> = {}) =>
  harness.client.workflow.start('reindex', {
    workflowId: `reindex-${(runs += 1)}`,
    taskQueue: taskQueue('workflow'),
    args: [
      {
        action: 'rebuild',
        minRecall: 0.95,
        tolerance: 0.02,
        queries: 50,
        itemsPerRun: 100,
        buildId: null,
        after: null,
        soFar: { items: 0, points: 0 },
        ...input,
      } satisfies ReindexInput,
    ],
  });

/** A worker for one queue in this process; gives what stops it. */
async function serve(queue: QueueName): Promise<() => Promise<void>> {
  const connection = await NativeConnection.connect({ address: needed('TEST_TEMPORAL_ADDRESS') });
  const config = { ...harness.config, WORKER_QUEUES: [queue] };
  const workers = await createWorkers(connection, { ...dependencies, config }, null);
  const running = workers.map((worker) => worker.run());
  return async () => {
    for (const worker of workers) worker.shutdown();
    await Promise.all(running);
    await connection.close();
  };
}

async function withGpu<Result>(work: () => Promise<Result>): Promise<Result> {
  const stop = await serve('gpu');
  try {
    return await work();
  } finally {
    await stop();
  }
}

const resultOf = async (handle: { result(): Promise<unknown> }): Promise<ReindexResult> =>
  reindexResultSchema.parse(await handle.result());

const building = () => until(() => dependencies.database.indexBuild.findFirst({ where: { status: 'building' } }));

const statuses = async () =>
  (await dependencies.database.indexBuild.findMany({ orderBy: { generation: 'asc' } })).map(({ status }) => status);

/** Ids of the items that the live index finds for a text, best first. */
async function find(text: string): Promise<number[]> {
  const [vector] = await (await dependencies.embedder()).embed([text]);
  if (vector === undefined) throw new Error('no vector');
  const found = await index.search('transcript', { mode: 'hybrid', text, vector, topK: 5, minSimilarity: 0.2 });
  return found.map(({ payload }) => payload.media_item_id);
}

const pointsOf = (mediaItemId: number) => index.count('transcript', { mediaItemId });

describe('a rebuild', () => {
  it('goes live with what was indexed and deleted meanwhile, and search answers all along', async () => {
    const { database } = dependencies;
    const [first = 0, second = 0, third = 0, ...rest] = await fill(8);
    await recordQuery(database, { type: 'transcript', text: 'when is it oversold?' });
    await index.upsert('transcript', [await pointOfNobody(first)]);

    const handle = await start({ itemsPerRun: 3 });
    const build = await building();
    const late = await storeItem(dependencies, ['the late lesson explains the order book']);
    await makeSearchable(dependencies, late);
    await index.deleteMedia(second);
    await database.mediaItem.delete({ where: { id: second } });
    expect(await pointsOf(first)).toBe((await chunksOf(first)) + 1);

    let ended = false;
    const searching = (async () => {
      let answers = 0;
      for (; !ended; answers += 1) expect(await find('volume confirms a breakout')).not.toEqual([]);
      return answers;
    })();
    const result = await withGpu(() => resultOf(handle));
    ended = true;
    expect(await searching).toBeGreaterThan(0);

    expect(result).toMatchObject({ buildId: build.id, outcome: 'swapped', items: 8, recall: { built: 1 } });
    expect(result.points).toBe(await index.count('transcript'));
    expect(await index.live()).toMatchObject({ generation: 1 });
    expect(await statuses()).toEqual(['retired', 'live']);
    for (const id of [first, third, ...rest, late]) expect(await pointsOf(id)).toBe(await chunksOf(id));
    expect(await pointsOf(second)).toBe(0);
    expect(await find('explain the order book')).toContain(late);

    const { workflowId } = handle;
    const [continued, ...others] = await database.run.findMany({ where: { workflowId }, orderBy: { id: 'asc' } });
    const last = others.at(-1);
    expect([continued?.status, last?.status]).toEqual(['continued', 'completed']);
    const runOf = (runId: string | undefined) => harness.client.workflow.getHandle(workflowId, runId);
    await replayAndKeep(runOf(continued?.runId), 'reindex.continue-as-new');
    await replayAndKeep(runOf(last?.runId), 'reindex.swapped');
  });

  it('is dropped when it is cancelled, and the live index stays as it was', async () => {
    const before = await index.count('transcript');
    const handle = await start();
    const build = await building();
    await handle.executeUpdate('cancel', { args: [{ reason: 'not now' }] });
    await expect(handle.result()).rejects.toThrow();
    expect(await index.live()).toMatchObject({ generation: 1 });
    expect(await index.count('transcript')).toBe(before);
    expect(await index.exists({ ...index.configured, generation: build.generation })).toBe(false);
    expect(await statuses()).toEqual(['retired', 'live', 'rolled_back']);
    const { status } = await dependencies.database.run.findFirstOrThrow({ where: { workflowId: handle.workflowId } });
    expect(status).toBe('cancelled');
    await replayAndKeep(handle, 'reindex.cancelled');
  });

  it('can be paused while it copies', async () => {
    const handle = await start();
    await building();
    await handle.executeUpdate('pause', { args: [{ reason: 'a quiet hour' }] });
    await withGpu(async () => {
      await until(async () => ((await handle.query<{ paused: boolean }>('progress')).paused ? true : null));
      await handle.executeUpdate('resume');
      expect(await resultOf(handle)).toMatchObject({ outcome: 'swapped' });
    });
    // The one before the one before is gone, with its collections.
    expect((await statuses()).filter((status) => status === 'retired')).toHaveLength(1);
    expect(await index.exists({ ...index.configured, generation: 0 })).toBe(false);
  });

  it('is not taken when its vectors are not those of their texts', async () => {
    const { database } = dependencies;
    const live = await index.live();
    const stored = await database.embedding.findMany({ where: { embeddingType: 'transcript' } });
    const turned = stored.map(({ id, embeddingVector }) => ({ id, vector: Buffer.from(embeddingVector).reverse() }));
    const finite = (bytes: Buffer) => {
      for (let at = 0; at < bytes.length; at += 4) bytes.writeFloatLE(Math.sin(at), at);
      return new Uint8Array(bytes);
    };
    for (const { id, vector } of turned)
      await database.embedding.update({ where: { id }, data: { embeddingVector: finite(vector) } });
    const handle = await start();
    const result = await withGpu(() => resultOf(handle));
    expect(result).toMatchObject({ outcome: 'kept', reason: expect.stringContaining('not those of their texts') });
    expect(await index.live()).toEqual(live);
    expect(await find('volume confirms a breakout')).not.toEqual([]);
    const build = await database.indexBuild.findUniqueOrThrow({ where: { id: result.buildId } });
    expect(build).toMatchObject({ status: 'rolled_back', report: { reason: result.reason } });
    await replayAndKeep(handle, 'reindex.kept');
    for (const { id, embeddingVector } of stored)
      await database.embedding.update({ where: { id }, data: { embeddingVector } });
  });

  it('is whole though worker and engine are killed while it copies', async () => {
    await stopIndexing();
    const worker = startWorkerProcess();
    const handle = await start();
    const { generation } = await building();
    const built = index.of({ ...index.configured, generation });
    await until(async () => ((await built.count('transcript')) > 0 ? true : null));
    worker.kill('SIGKILL');
    await worker.ended;
    server.child.kill();
    await server.child.ended;
    server = await startServer(server.dataDir, Number(new URL(server.url).port));
    stopIndexing = await serve('index');
    const result = await withGpu(() => resultOf(handle));
    expect(result).toMatchObject({ outcome: 'swapped', recall: { live: 1, built: 1 } });
    expect(await index.live()).toMatchObject({ generation });
    for (const { id } of await dependencies.database.mediaItem.findMany())
      expect(await pointsOf(id)).toBe(await chunksOf(id));
  }, 180_000);

  it('that was swapped in by an attempt that then died stays live when the run is cancelled', async () => {
    const handle = await start();
    const row = await building();
    const build = { ...index.configured, generation: row.generation };
    await index.swap(build);
    await handle.cancel();
    await expect(handle.result()).rejects.toThrow();
    expect(await index.live()).toEqual(build);
    expect(await dependencies.database.indexBuild.findUniqueOrThrow({ where: { id: row.id } })).toMatchObject({
      status: 'live',
    });
  });
});

describe('texts posted to an item of which the run failed', () => {
  it('stay searchable through a rebuild and a rollback, and what was half done stays out', async () => {
    const { database } = dependencies;
    const all = createActivities(dependencies);
    const id = await storeItem(dependencies, ['the auction opens with a gap']);
    await runActivity(all.embedding.embed, { mediaItemId: id });
    const { videoId } = await database.mediaItem.findUniqueOrThrow({ where: { id } });
    const post = async (referenceId: number, text: string) => {
      const key = { mediaItemId: id, embeddingType: 'transcript' as const };
      await database.postedSegment.create({ data: { ...key, referenceId, text, startMs: 0, endMs: 1_000 } });
      const segments = { ...key, videoId, referenceIds: [referenceId] };
      await runActivity(all.embedding.embedPosted, segments);
      await runActivity(all.indexing.indexPosted, segments);
    };
    await post(7, 'an iron condor sells two spreads');
    expect(await pointsOf(id)).toBe(1);

    expect(await withGpu(async () => resultOf(await start()))).toMatchObject({ outcome: 'swapped' });
    expect(await find('an iron condor of two spreads')).toContain(id);
    expect(await pointsOf(id)).toBe(1);

    await post(8, 'a calendar spread sells the near month');
    const back = await withGpu(async () => resultOf(await start({ action: 'rollback' })));
    expect(back).toMatchObject({ outcome: 'rolled_back' });
    expect(await find('a calendar spread of the near month')).toContain(id);
    expect(await pointsOf(id)).toBe(2);
  });

  it('are embedded and verified alone', async () => {
    const { database } = dependencies;
    const { reindexing, embedding } = createActivities(dependencies);
    const id = await storeItem(dependencies, ['a tape that was read by half']);
    const posted = { mediaItemId: id, embeddingType: 'clip', referenceId: 1, startMs: 0, endMs: 1_000 };
    await database.postedSegment.create({ data: { ...posted, text: 'a collar caps gain and loss' } });
    const { buildId } = await runActivity(reindexing.beginBuild, { action: 'rebuild' as const, startedBy: 'alone' });
    if (buildId === null) throw new Error('no build');
    const { mediaItemIds } = await runActivity(reindexing.listItems, { buildId, after: id - 1, limit: 10 });
    expect(mediaItemIds).toEqual([id]);
    await runActivity(embedding.embed, { mediaItemId: id, findable: true });
    const stored = await database.embedding.findMany({ where: { mediaItemId: id } });
    expect(stored.map(({ origin }) => origin)).toEqual(['posted']);
    await runActivity(embedding.embed, { mediaItemId: id });
    expect(await runActivity(reindexing.copyItems, { buildId, mediaItemIds })).toEqual({ points: 1 });
    const page = await runActivity(reindexing.verifyPage, { buildId, after: id - 1, limit: 10 });
    expect(page).toMatchObject({ points: 1, recopied: 0, lacking: 0 });
    const report = { reason: 'test', recall: { live: null, built: null }, points: 0 };
    await runActivity(reindexing.abandonBuild, { startedBy: 'alone', report });
    await database.mediaItem.delete({ where: { id } });
  });
});

describe('a rollback', () => {
  it('brings back the index before, with what was indexed since; once', async () => {
    const rebuilt = await start();
    await withGpu(() => resultOf(rebuilt));
    const live = await index.live();
    const since = await storeItem(dependencies, ['an iceberg order hides its size']);
    await makeSearchable(dependencies, since);

    const handle = await start({ action: 'rollback' });
    const result = await withGpu(() => resultOf(handle));
    expect(result).toMatchObject({ outcome: 'rolled_back' });
    expect((await index.live())?.generation).toBeLessThan(live?.generation ?? 0);
    expect(await find('an order that hides its size')).toContain(since);
    for (const { id } of await dependencies.database.mediaItem.findMany({ where: { searchableAt: { not: null } } }))
      expect(await pointsOf(id)).toBe(await chunksOf(id));
    await replayAndKeep(handle, 'reindex.rolled-back');

    const again = await start({ action: 'rollback' });
    expect(await resultOf(again)).toMatchObject({ outcome: 'kept', reason: expect.stringContaining('no index') });
    await replayAndKeep(again, 'reindex.nothing-before');
  });
});

describe('step by step', () => {
  let activities: ReturnType<typeof createActivities>['reindexing'];
  beforeEach(() => {
    activities = createActivities(dependencies).reindexing;
  });
  const begin = (startedBy: string) => runActivity(activities.beginBuild, { action: 'rebuild' as const, startedBy });
  const nothing = { reason: 'test', recall: { live: null, built: null }, points: 0 };

  it('a run that ended without a word is cleaned up by the next, and a second attempt gets the same build', async () => {
    const left = await begin('terminated run');
    const next = await begin('next run');
    expect(await begin('next run')).toEqual(next);
    expect(next.buildId).not.toBe(left.buildId);
    expect(await index.exists({ ...index.configured, generation: left.generation ?? -1 })).toBe(false);
    await runActivity(activities.abandonBuild, { startedBy: 'next run', report: nothing });
    await runActivity(activities.abandonBuild, { startedBy: 'next run', report: nothing });
    expect(await dependencies.database.indexBuild.count({ where: { status: 'building' } })).toBe(0);
  });

  it('what a build lacks is copied, what it has too much is removed', async () => {
    const { buildId, generation } = await begin('verified run');
    if (buildId === null || generation === null) throw new Error('no build');
    const { mediaItemIds } = await runActivity(activities.listItems, { buildId, after: 0, limit: 500 });
    await runActivity(activities.copyItems, { buildId, mediaItemIds: mediaItemIds.slice(1) });
    const built = index.of({ ...index.configured, generation });
    await built.upsert('clip', [await pointOfNobody((mediaItemIds[0] ?? 0) - 1)]);
    const page = await runActivity(activities.verifyPage, { buildId, after: 0, limit: 500 });
    expect(page).toMatchObject({ after: null, recopied: 1, removed: 1, lacking: 0 });
    expect(await built.count('transcript')).toBe(page.points);
    const again = await runActivity(activities.verifyPage, { buildId, after: 0, limit: 2 });
    expect(again).toMatchObject({ after: mediaItemIds[1], recopied: 0, removed: 0 });
    await runActivity(activities.abandonBuild, { startedBy: 'verified run', report: nothing });
  });

  it('posted segments go to both builds, and whether their item is searchable stays as it is', async () => {
    const { database } = dependencies;
    const all = createActivities(dependencies);
    const [item] = await database.mediaItem.findMany({ where: { searchableAt: { not: null } }, take: 1 });
    if (!item) throw new Error('no item');
    const { id: mediaItemId, videoId, searchableAt } = item;
    const posted = { mediaItemId, embeddingType: 'transcript' as const, referenceId: 42 };
    const text = 'a straddle profits from a large move either way';
    await database.postedSegment.create({ data: { ...posted, text, startMs: 1_000, endMs: 2_000 } });
    const segments = { mediaItemId, videoId, embeddingType: posted.embeddingType, referenceIds: [42] };
    await runActivity(all.embedding.embedPosted, segments);
    const { generation } = await begin('beside posted');
    const { counts } = await runActivity(all.indexing.indexPosted, segments);
    expect(counts).toEqual({ indexed: 1 });
    const [vector = new Float32Array()] = await (await dependencies.embedder()).embed([text]);
    const request = { mode: 'dense', vector, topK: 1, minSimilarity: 0.9 } as const;
    const built = index.of({ ...index.configured, generation: generation ?? -1 });
    for (const [found] of [await index.search('transcript', request), await built.search('transcript', request)])
      expect(found?.payload).toMatchObject({
        media_item_id: mediaItemId,
        reference_id: 42,
        origin: 'posted',
        start_ms: 1_000,
        end_ms: 2_000,
        keyword: ['RSI'],
        confidence: 0.9,
      });
    expect(await built.count('transcript')).toBe(1);
    expect(await database.mediaItem.findUniqueOrThrow({ where: { id: mediaItemId } })).toMatchObject({ searchableAt });
    await runActivity(activities.abandonBuild, { startedBy: 'beside posted', report: nothing });
    await makeSearchable(dependencies, mediaItemId);
    expect((await index.search('transcript', request))[0]?.payload.origin).toBe('posted');
  });

  it('after a change of the model, items wait for the reindex, and going back asks for the model before', async () => {
    const other = createDependencies({ ...harness.config, EMBEDDING_MODEL: 'all-MiniLM-L12-v2' });
    const changed = createActivities(other);
    const item = await storeItem(other, ['a dark pool trades off the exchange']);
    await runActivity(changed.embedding.embed, { mediaItemId: item });
    await expect(runActivity(changed.indexing.index, { mediaItemId: item })).rejects.toMatchObject({
      code: 'NOT_SEARCHABLE_YET',
      message: expect.stringContaining('start a reindex'),
    });
    const action = 'rebuild' as const;
    const { buildId } = await runActivity(changed.reindexing.beginBuild, { action, startedBy: 'other model' });
    if (buildId === null) throw new Error('no build');
    const { mediaItemIds } = await runActivity(changed.reindexing.listItems, { buildId, after: 0, limit: 500 });
    for (const mediaItemId of mediaItemIds) await runActivity(changed.embedding.embed, { mediaItemId });
    await runActivity(changed.reindexing.copyItems, { buildId, mediaItemIds });
    await runActivity(changed.reindexing.verifyPage, { buildId, after: 0, limit: 500 });
    const compared = await runActivity(changed.comparing.compareBuilds, {
      buildId,
      queries: 20,
      minRecall: 0.9,
      tolerance: 0,
    });
    expect(compared).toMatchObject({ accepted: true, recall: { live: null, built: 1 } });
    await runActivity(changed.reindexing.swapBuild, { buildId, action, report: nothing });
    await runActivity(changed.indexing.index, { mediaItemId: item });
    expect(await index.liveModel()).toMatchObject({ model: 'all-MiniLM-L12-v2' });
    expect(await pointsOf(item)).toBe(1);

    // Back to the model before: this worker embeds with the other one and cannot make the vectors that are missing.
    const back = await runActivity(changed.reindexing.beginBuild, { action: 'rollback' as const, startedBy: 'back' });
    expect(back.embed).toBe(false);
    const page = await runActivity(changed.reindexing.verifyPage, { buildId: back.buildId ?? 0, after: 0, limit: 500 });
    expect(page.lacking).toBe(1);
    await runActivity(changed.reindexing.abandonBuild, { startedBy: 'back', report: nothing });
    expect(
      await dependencies.database.indexBuild.findUniqueOrThrow({ where: { id: back.buildId ?? 0 } }),
    ).toMatchObject({ status: 'retired' });
    await other.close();
  });
});

describe('queries that were asked', () => {
  it('are counted, whatever their white space, and the last thousand are kept', async () => {
    const { database } = dependencies;
    await database.searchQuery.deleteMany();
    for (const text of ['what is RSI?', ' what  is\tRSI? ', 'long '.repeat(300), ' \u0000 '])
      await recordQuery(database, { type: 'transcript', text });
    await recordQuery(database, { type: 'clip', text: 'what is RSI?' });
    const stored = await mostAsked(database, 2);
    expect(stored[0]).toEqual({ type: 'transcript', text: 'what is RSI?' });
    expect(await database.searchQuery.count()).toBe(3);
    const old = Array.from({ length: 1_000 }, (_, at) => ({
      embeddingType: 'transcript',
      text: `old ${at}`,
      lastAskedAt: new Date(at),
    }));
    await database.searchQuery.createMany({ data: old });
    await recordQuery(database, { type: 'transcript', text: 'one more' });
    expect(await database.searchQuery.count()).toBe(1_000);
    expect(await database.searchQuery.count({ where: { text: { in: ['old 0', 'old 3'] } } })).toBe(0);
    expect(await database.searchQuery.count({ where: { text: { in: ['old 4', 'one more', 'what is RSI?'] } } })).toBe(
      4,
    );
  });
});

/** Serves what a rebuild needs beside the workflow, as a process that can be killed. */
const startWorkerProcess = () => {
  const { DATABASE_URL, TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, QDRANT_URL, MEDIA_ROOT, DATA_DIR, EMBEDDING_MODEL_DIR } =
    harness.config;
  const own = {
    DATABASE_URL,
    TEMPORAL_ADDRESS,
    TEMPORAL_NAMESPACE,
    QDRANT_URL,
    MEDIA_ROOT,
    DATA_DIR,
    EMBEDDING_MODEL_DIR,
  };
  const environment = { ...process.env, ...own, WORKER_QUEUES: 'index,gpu', LLM_BACKEND: 'offline', LOG_LEVEL: 'info' };
  return spawnWorker(environment, path.join(harness.mediaRoot, '..', 'worker.log'));
};

const chunksOf = (mediaItemId: number) => dependencies.database.transcriptChunk.count({ where: { mediaItemId } });

/** A point that stands for nothing in Postgres. */
async function pointOfNobody(mediaItemId: number) {
  const [vector = new Float32Array()] = await (await dependencies.embedder()).embed(['nobody said this']);
  return {
    id: '7f3f3e1c-52f6-4ad6-8b5f-0c1d8b7f6a11',
    vector,
    text: 'nobody said this',
    payload: {
      media_item_id: mediaItemId,
      video_id: 'nobody',
      reference_id: 1,
      origin: 'pipeline' as const,
      text: 'nobody said this',
      start_ms: 0,
      end_ms: 1,
      clip_id: null,
      keyword: [],
      category: [],
      confidence: null,
    },
  };
}
