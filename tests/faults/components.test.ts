/** Components that go away and come back, connections that are cut, workers that are told to stop: the run waits and finishes. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createIndex } from '../../clients/qdrant/index.ts';
import { processMediaResultSchema } from '../../contracts/messages.ts';
import { collectionName, SEARCHABLE_TYPES } from '../../contracts/names.ts';
import { startQdrant } from '../../deploy/local/stack/qdrant.ts';
import { writeTranscript } from '../setup/lesson.ts';
import { until } from '../setup/until.ts';
import { endWorkerConnections, type GatePlace } from './gates.ts';
import { writeSlideLesson } from './lesson.ts';
import { startProxy } from './proxy.ts';
import { type Rig, startRig } from './rig.ts';

const model = 'all-MiniLM-L6-v2';
const dimension = 384;

const pending = async (handle: WorkflowHandle) => (await handle.describe()).raw.pendingActivities ?? [];

const COLLECTION = `/collections/${collectionName('transcript', model, dimension)}/points`;

describe('Qdrant killed', () => {
  it.each([
    ['while points are sent to it', `PUT ${COLLECTION}?`],
    // Every point is in it, but not seen to be.
    ['before the points are read back', `POST ${COLLECTION} `],
  ])(
    '%s is waited for; only then the item is searchable, with all its points',
    { timeout: 180_000 },
    async (_, request) => {
      const dataDir = await mkdtemp(path.join(tmpdir(), 'tapeworks-qdrant-'));
      const engine = () => startQdrant({ dataDir, port: 0, log: () => {}, onStarted: () => {} });
      const portOf = ({ url }: { url: string }) => Number(new URL(url).port);
      let qdrant = await engine();
      const proxy = await startProxy(portOf(qdrant));
      const rig = await startRig({ QDRANT_URL: proxy.url });
      try {
        const worker = rig.worker();
        const sent = proxy.onRequest(request, () => qdrant.child.kill());
        const { handle, mediaItemId, before } = await rig.process(await writeTranscript(rig.mediaRoot, 'words.srt'));
        await before(sent);
        const waiting = await before(
          until(async () => (await pending(handle)).find(({ lastFailure }) => lastFailure) ?? null),
        );
        expect(waiting.activityType?.name).toBe('index');
        expect(waiting.lastFailure?.applicationFailureInfo?.type).toBe('QDRANT_UNAVAILABLE');
        expect(await stored(rig.databaseUrl, mediaItemId)).toMatchObject({ searchable: false });

        qdrant = await engine();
        proxy.target(portOf(qdrant));
        const { counts } = processMediaResultSchema.parse(await handle.result());
        const index = createIndex({ url: qdrant.url, model, dimension });
        const points = await Promise.all(SEARCHABLE_TYPES.map((type) => index.count(type, { mediaItemId })));
        expect(points.reduce((sum, count) => sum + count, 0)).toBe(counts.indexed);
        const after = await stored(rig.databaseUrl, mediaItemId);
        expect(after).toEqual({ searchable: true, chunks: counts.indexed });
        expect(after.chunks).toBeGreaterThan(1);
        expect(worker.isRunning()).toBe(true);
      } finally {
        await rig.close();
        await proxy.close();
        await qdrant.child.stop();
        await rm(dataDir, { recursive: true, force: true });
      }
    },
  );
});

async function stored(databaseUrl: string, mediaItemId: number): Promise<{ searchable: boolean; chunks: number }> {
  const database = new pg.Client({ connectionString: databaseUrl });
  await database.connect();
  try {
    const { rows } = await database.query<{ searchable: boolean; chunks: number }>(
      `SELECT searchable_at IS NOT NULL AS searchable,
        (SELECT count(*)::int FROM transcript_chunks WHERE media_item_id = m.id) AS chunks FROM media_items m WHERE id = $1`,
      [mediaItemId],
    );
    return rows[0] ?? { searchable: false, chunks: 0 };
  } finally {
    await database.end();
  }
}

describe('with workers on the shared components', () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await startRig();
  });
  afterEach(() => rig.close());

  it("outlives the end of all its database connections in a stage's middle", { timeout: 180_000 }, async () => {
    const places: GatePlace[] = [
      { table: 'transcript_cues', event: 'INSERT', when: '(SELECT count(*) FROM transcript_cues) >= 5' },
      { table: 'keyword_hits', event: 'INSERT', when: '(SELECT count(*) FROM keyword_hits) >= 3' },
      { table: 'embeddings', event: 'INSERT', when: '(SELECT count(*) FROM embeddings) >= 3' },
      { table: 'strategy_citations', event: 'INSERT', when: '(SELECT count(*) FROM strategy_citations) >= 1' },
      { table: 'signals', event: 'INSERT', when: '(SELECT count(*) FROM signals) >= 1' },
      { table: 'llm_analysis_results', event: 'INSERT', when: '(SELECT count(*) FROM llm_analysis_results) >= 1' },
    ];
    const gates = await Promise.all(places.map((place) => rig.gate(place)));
    const worker = rig.worker();
    const { handle, before } = await rig.process(await writeTranscript(rig.mediaRoot, 'words.srt'));
    for (const gate of gates) {
      await before(gate.reached());
      expect(await endWorkerConnections(rig.databaseUrl)).toBeGreaterThan(0);
      await gate.open();
    }
    const { counts } = processMediaResultSchema.parse(await handle.result());
    expect(counts.signals).toBeGreaterThan(0);
    expect(counts.ratings).toBe(counts.signals);
    expect(worker.isRunning()).toBe(true);
  });

  it('a worker told to stop ends its activity first, and another carries on', { timeout: 180_000 }, async () => {
    const gate = await rig.gate({ table: 'clips', event: 'INSERT', when: 'true' });
    const crew = [rig.worker(), rig.worker()];
    await Promise.all(crew.map(({ ready }) => ready));
    const { handle, before } = await rig.process(await writeSlideLesson(rig.mediaRoot, 'slides', { count: 3 }));
    await before(gate.reached());
    const [activity] = await pending(handle);
    expect(activity?.activityType?.name).toBe('generateClips');
    const busy = crew.find(({ pid }) => activity?.lastWorkerIdentity?.startsWith(`${pid}@`));
    const other = crew.find((worker) => worker !== busy);
    busy?.kill('SIGTERM');
    await gate.open();
    expect(await busy?.ended).toEqual({ code: 0, signal: null });

    const { counts } = processMediaResultSchema.parse(await handle.result());
    expect(counts.signals).toBeGreaterThan(0);
    const { events } = await handle.fetchHistory();
    const attempts = (events ?? []).flatMap(
      ({ activityTaskStartedEventAttributes: started }) => started?.attempt ?? [],
    );
    expect(Math.max(...attempts)).toBe(1);
    expect(other?.isRunning()).toBe(true);
    other?.kill('SIGTERM');
    expect(await other?.ended).toEqual({ code: 0, signal: null });
    expect(await rig.leftovers()).toEqual([]);
  });
});
