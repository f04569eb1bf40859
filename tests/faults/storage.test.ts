/** What runs store things on goes away or is damaged: the run waits and finishes, or fails naming the cause. */
import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { WorkflowHandle } from '@temporalio/client';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { processMediaResultSchema } from '../../contracts/messages.ts';
import { startPostgres } from '../../deploy/local/stack/postgres.ts';
import { writeTranscript } from '../setup/lesson.ts';
import { needed } from '../setup/tenant.ts';
import { until } from '../setup/until.ts';
import { writeSlideLesson } from './lesson.ts';
import { startRig } from './rig.ts';

const run = promisify(execFile);

/** The activity that is under way or waits for its next attempt, once it meets `wanted`. */
const pendingThat = (handle: WorkflowHandle, wanted: { name?: string; code?: string }) =>
  until(async () => {
    const all = (await handle.describe()).raw.pendingActivities ?? [];
    const found = all.find(
      ({ activityType, lastFailure }) =>
        (wanted.name === undefined || activityType?.name === wanted.name) &&
        (wanted.code === undefined || lastFailure?.applicationFailureInfo?.type === wanted.code),
    );
    return found ?? null;
  });

describe('PostgreSQL killed in the middle of a stage', () => {
  it('is waited for, and the run finishes', { timeout: 180_000 }, async () => {
    const dataDir = await mkdtemp(path.join(tmpdir(), 'tapeworks-postgres-'));
    // It runs as a user of its own when we are root, and has to pass through.
    await chmod(dataDir, 0o711);
    const start = (port: number) =>
      startPostgres({ dataDir, port, ephemeral: false, log: () => {}, onStarted: () => {} });
    let postgres = await start(0);
    const rig = await startRig({}, postgres.databaseUrl);
    try {
      const worker = rig.worker();
      const file = await writeSlideLesson(rig.mediaRoot, 'lesson', { count: 4 });
      const { handle, before } = await rig.process(file, { maxStrategies: 1 });
      await before(pendingThat(handle, { name: 'generateClips' }));
      postgres.child.kill();
      await postgres.child.ended;
      await before(pendingThat(handle, { code: 'DATABASE_UNAVAILABLE' }));

      postgres = await start(Number(new URL(postgres.databaseUrl).port));
      const { counts } = processMediaResultSchema.parse(await handle.result());
      expect(counts.clips).toBeGreaterThan(0);
      expect(counts.indexed).toBeGreaterThan(0);
      expect(worker.isRunning()).toBe(true);
      expect(await rig.leftovers()).toEqual([]);
    } finally {
      await rig.close();
      await postgres.child.stop();
      await rm(dataDir, { recursive: true, force: true });
    }
  });
});

describe('a full disk', () => {
  it('is waited for, leaves nothing behind, and the run finishes once there is space', {
    timeout: 180_000,
  }, async (context) => {
    const rig = await startRig();
    const clips = path.join(rig.dataDir, 'clips');
    await mkdir(clips);
    const mounted = await run('mount', ['-t', 'tmpfs', '-o', 'size=32k', 'tmpfs', clips]).then(
      () => true,
      () => false,
    );
    try {
      if (!mounted) context.skip('a small file system can be mounted by root only');
      rig.worker();
      const { handle, before } = await rig.process(await writeSlideLesson(rig.mediaRoot, 'lesson', { count: 3 }), {
        maxStrategies: 0,
      });
      const waiting = await before(pendingThat(handle, { code: 'DISK_FULL' }));
      expect(waiting.activityType?.name).toBe('generateClips');
      expect(await rig.leftovers()).toEqual([]);

      await run('mount', ['-o', 'remount,size=100m', clips]);
      const { counts } = processMediaResultSchema.parse(await handle.result());
      expect(counts.clips).toBeGreaterThan(0);
      expect(await rig.leftovers()).toEqual([]);
    } finally {
      await rig.stopWorkers();
      if (mounted) await run('umount', [clips]);
      await rig.close();
    }
  });
});

describe('a damaged embedding model', () => {
  it('keeps its worker from starting, naming the file; the run waits for one that has it whole', {
    timeout: 120_000,
  }, async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'tapeworks-model-'));
    await cp(needed('TEST_MODEL_DIR'), folder, { recursive: true, dereference: true });
    await run('chmod', ['-R', 'u+w', folder]);
    const model = path.join(folder, 'onnx', 'model.onnx');
    await truncate(model, Math.floor((await stat(model)).size / 2));
    const rig = await startRig({ EMBEDDING_MODEL_DIR: folder, EMBEDDING_PRECISION: 'fp32' });
    try {
      const { handle, mediaItemId } = await rig.process(await writeTranscript(rig.mediaRoot, 'words.srt'));
      await expect(rig.worker().ready).rejects.toThrow(/EMBEDDER_UNAVAILABLE|onnx\/model\.onnx cannot be read/);
      expect((await handle.describe()).status.name).toBe('RUNNING');
      expect(await searchable(rig.databaseUrl, mediaItemId)).toBe(false);

      await cp(path.join(needed('TEST_MODEL_DIR'), 'onnx', 'model.onnx'), model);
      await rig.worker().ready;
      await handle.result();
      expect(await searchable(rig.databaseUrl, mediaItemId)).toBe(true);
    } finally {
      await rig.close();
      await rm(folder, { recursive: true, force: true });
    }
  });
});

async function searchable(databaseUrl: string, mediaItemId: number): Promise<boolean> {
  const database = new pg.Client({ connectionString: databaseUrl });
  await database.connect();
  try {
    const { rowCount } = await database.query('SELECT 1 FROM media_items WHERE id = $1 AND searchable_at IS NOT NULL', [
      mediaItemId,
    ]);
    return rowCount === 1;
  } finally {
    await database.end();
  }
}
