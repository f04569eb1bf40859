/** Cancelling while ffmpeg works ends ffmpeg, leaves nothing half done, and a later run goes on from there. */
import { CancelledFailure, WorkflowFailedError } from '@temporalio/client';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { processMediaResultSchema } from '../../contracts/messages.ts';
import { MESSAGE_NAMES } from '../../contracts/names.ts';
import { until } from '../setup/until.ts';
import { writeGrainyLesson } from './lesson.ts';
import { type Rig, startRig } from './rig.ts';
import { ffmpegRuns } from './worker-process.ts';

let rig: Rig;
let file: string;
beforeAll(async () => {
  rig = await startRig();
  file = await writeGrainyLesson(rig.mediaRoot, 'grainy');
  rig.worker();
});
afterAll(() => rig.close());

it('ends ffmpeg within seconds and leaves no partial file', { timeout: 180_000 }, async () => {
  const { handle, before } = await rig.process(file);
  const isCutting = async () => (await ffmpegRuns(rig.dataDir, '.mp4.partial-')).length > 0;
  await before(until(async () => ((await isCutting()) && (await rig.leftovers()).length > 0 ? true : null)));

  await handle.executeUpdate(MESSAGE_NAMES.cancel, { args: [{ reason: 'not this lesson' }] });
  await handle.cancel();
  const acceptedAt = performance.now();
  await until(async () => ((await ffmpegRuns(rig.mediaRoot)).length === 0 ? true : null));
  const seconds = ((performance.now() - acceptedAt) / 1000).toFixed(2);
  console.info(`ffmpeg ended ${seconds} s after the cancellation was accepted`);
  expect(Number(seconds)).toBeLessThan(10);

  const error: unknown = await handle.result().catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(WorkflowFailedError);
  expect(error instanceof WorkflowFailedError && error.cause).toBeInstanceOf(CancelledFailure);
  expect((await handle.describe()).status.name).toBe('CANCELLED');
  expect(await rig.leftovers()).toEqual([]);
  expect(await outcomes()).toEqual([{ status: 'cancelled', stage: 'generateClips', reason: 'not this lesson' }]);
});

it('completes when run again from the stage that was cancelled', { timeout: 300_000 }, async () => {
  const { handle } = await rig.process(file, { fromStage: 'generateClips' });
  const { counts } = processMediaResultSchema.parse(await handle.result());
  expect(counts).toMatchObject({ clips: expect.any(Number), signals: expect.any(Number) });
  expect(counts.clips).toBeGreaterThan(1);
  expect(await rig.leftovers()).toEqual([]);
  expect((await outcomes()).map(({ status }) => status)).toEqual(['cancelled', 'completed']);
});

async function outcomes(): Promise<Array<{ status: string; stage: string; reason: string | null }>> {
  const database = new pg.Client({ connectionString: rig.databaseUrl });
  await database.connect();
  const { rows } = await database.query(
    `SELECT status, stage, progress->>'cancelReason' AS reason FROM runs WHERE workflow_type = 'processMedia' ORDER BY id`,
  );
  await database.end();
  return rows;
}
