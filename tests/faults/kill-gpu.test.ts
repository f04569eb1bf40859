/** Workers killed by −9 in the middle of what else runs on the gpu queue: speech recognition, and vectors for posted segments. */
import path from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createIndex } from '../../clients/qdrant/index.ts';
import { embedSegmentsResultSchema, processMediaResultSchema } from '../../contracts/messages.ts';
import { taskQueue } from '../../contracts/names.ts';
import { makeToneWhisper, type Tone, type ToneWhisper, writeWav } from '../fixtures/speech/tone-whisper.ts';
import { writeTranscript } from '../setup/lesson.ts';
import { needed } from '../setup/tenant.ts';
import { type Rig, startRig } from './rig.ts';
import { allEnded, inferenceProcesses, type WorkerProcess } from './worker-process.ts';

async function rowsOf(rig: Rig, query: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
  const database = new pg.Client({ connectionString: rig.databaseUrl });
  await database.connect();
  try {
    return (await database.query<Record<string, unknown>>(query, values)).rows;
  } finally {
    await database.end();
  }
}

async function kill(worker: WorkerProcess): Promise<void> {
  const inference = await inferenceProcesses([worker]);
  expect(inference.length).toBeGreaterThan(0);
  worker.kill('SIGKILL');
  await worker.ended;
  await allEnded(inference);
}

describe('speech recognition', () => {
  /** Three windows: the silences are longer than a window may hold. */
  const LESSON: Tone[] = ['buy', 'volume', 'sell'].flatMap((word): Tone[] => [
    [word, 600],
    ['candle', 600],
    ['close', 600],
    [null, 40_000],
  ]);
  const SAID = LESSON.flatMap(([word]) => word ?? []);

  let whisper: ToneWhisper;
  let rig: Rig;
  beforeAll(async () => {
    whisper = await makeToneWhisper('english');
    rig = await startRig({ SPEECH_MODEL_DIR: whisper.modelDir });
  });
  afterAll(async () => {
    await rig?.close();
    await whisper?.remove();
  });

  it('goes on with the window that it was killed in', { timeout: 180_000 }, async () => {
    const gate = await rig.gate({
      table: 'speech_windows',
      event: 'INSERT',
      when: '(SELECT count(*) FROM speech_windows) >= 1',
    });
    await writeWav(path.join(rig.mediaRoot, 'spoken.wav'), whisper.sing(LESSON));
    const killed = rig.worker();
    const { handle, mediaItemId, before } = await rig.process('spoken.wav', { maxStrategies: 0 });
    await before(gate.reached());
    await kill(killed);
    await gate.open();
    rig.worker();
    const { counts } = processMediaResultSchema.parse(await handle.result());
    expect(counts).toMatchObject({ cues: SAID.length, windows: 3 });
    // The killed worker's last statement may have come through as well.
    expect([1, 2]).toContain(counts.reusedWindows);
    const cues = await rowsOf(rig, 'SELECT text FROM transcript_cues WHERE media_item_id = $1 ORDER BY index', [
      mediaItemId,
    ]);
    expect(cues.map(({ text }) => text)).toEqual(SAID);
    expect(await rowsOf(rig, 'SELECT 1 FROM speech_windows')).toEqual([]);
    expect(await rowsOf(rig, 'SELECT 1 FROM transcripts')).toHaveLength(1);
    expect(await rig.leftovers()).toEqual([]);
  });
});

describe('posted segments', () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await startRig();
  });
  afterEach(() => rig.close());

  it('get each vector and each point once', { timeout: 180_000 }, async () => {
    let worker = rig.worker();
    const { handle, mediaItemId } = await rig.process(await writeTranscript(rig.mediaRoot, 'words.srt'), {
      maxStrategies: 0,
    });
    await handle.result();
    const index = createIndex({ url: needed('TEST_QDRANT_URL'), model: 'all-MiniLM-L6-v2', dimension: 384 });
    const points = await index.count('transcript', { mediaItemId });

    const ids = [1, 2, 3, 4, 5];
    await rowsOf(
      rig,
      `INSERT INTO posted_segments (media_item_id, embedding_type, reference_id, text, start_ms, end_ms)
       SELECT $1, 'transcript', id, 'A posted passage, number ' || id, id * 1000, id * 1000 + 900 FROM unnest($2::int[]) AS id`,
      [mediaItemId, ids],
    );
    const gate = await rig.gate({
      table: 'embeddings',
      event: 'INSERT',
      when: "(SELECT count(*) FROM embeddings WHERE origin = 'posted') >= 2",
    });
    const run = await rig.client.workflow.start('embedSegments', {
      workflowId: 'killed-embed',
      taskQueue: taskQueue('workflow'),
      args: [{ mediaItemId, videoId: 'words', embeddingType: 'transcript', referenceIds: ids }],
    });
    await gate.reached();
    await kill(worker);
    await gate.open();
    worker = rig.worker();
    const result = embedSegmentsResultSchema.parse(await run.result());
    expect(result.embedded + result.reused).toBe(ids.length);
    const vectors = await rowsOf(rig, "SELECT reference_id FROM embeddings WHERE origin = 'posted' ORDER BY 1");
    expect(vectors.map(({ reference_id }) => reference_id)).toEqual(ids);
    expect(await index.count('transcript', { mediaItemId })).toBe(points + ids.length);
    expect(worker.isRunning()).toBe(true);
  });
});
