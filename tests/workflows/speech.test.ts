/** processMedia on media without text: speech is recognised, on the gpu queue, before the rest of the chain. */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { processMediaResultSchema } from '../../contracts/messages.ts';
import { taskQueue } from '../../contracts/names.ts';
import { type Stage, progressSchema } from '../../contracts/runs.ts';
import { ffmpeg } from '../clients/media-fixtures.ts';
import { makeToneWhisper, type Tone, type ToneWhisper, writeWav } from '../fixtures/speech/tone-whisper.ts';
import { type Harness, startHarness } from '../setup/harness.ts';
import { replayAndKeep } from '../setup/histories.ts';
import { writeLesson } from '../setup/lesson.ts';

let whisper: ToneWhisper;
let harness: Harness;
beforeAll(async () => {
  whisper = await makeToneWhisper('english');
  harness = await startHarness({ SPEECH_MODEL_DIR: whisper.modelDir });
});
afterAll(async () => {
  await harness?.close();
  await whisper?.remove();
});

/** Two windows of speech, as the silence between them is longer than a window may hold. */
const LESSON: Tone[] = [
  ['buy', 600],
  ['volume', 600],
  ['candle', 600],
  ['close', 600],
  [null, 40_000],
  ['sell', 600],
  ['trend', 600],
  ['volume', 600],
  [null, 1_000],
];
const SAID = LESSON.flatMap(([word]) => word ?? []);

const runOf = (workflowId: string) =>
  harness.dependencies.database.run.findFirstOrThrow({ where: { workflowId }, orderBy: { id: 'desc' } });

async function stageOf(workflowId: string, name: Stage) {
  const { stages } = progressSchema.parse((await runOf(workflowId)).progress);
  return stages.find(({ stage }) => stage === name);
}

/** Names of a run's activities with their queues. */
async function activitiesOf(handle: WorkflowHandle): Promise<Array<{ name: string; queue: string }>> {
  const { events } = await handle.fetchHistory();
  return (events ?? []).flatMap(({ activityTaskScheduledEventAttributes: scheduled }) =>
    scheduled ? [{ name: scheduled.activityType?.name ?? '', queue: scheduled.taskQueue?.name ?? '' }] : [],
  );
}

it('hears what is said and goes on with it to the end', async () => {
  await writeWav(path.join(harness.mediaRoot, 'spoken.wav'), whisper.sing(LESSON));
  const { handle, mediaItemId } = await harness.process('spoken.wav', { maxStrategies: 1 });
  const { counts } = processMediaResultSchema.parse(await handle.result());
  expect(counts).toMatchObject({ cues: SAID.length, windows: 2, reusedWindows: 0 });
  expect(counts.hits).toBeGreaterThan(0);
  expect(counts.clips).toBeGreaterThan(0);
  expect(counts.indexed).toBeGreaterThan(0);

  const { database } = harness.dependencies;
  const cues = await database.transcriptCue.findMany({ where: { mediaItemId }, orderBy: { index: 'asc' } });
  expect(cues.map(({ text }) => text)).toEqual(SAID);
  expect(await database.transcript.findUniqueOrThrow({ where: { mediaItemId } })).toMatchObject({ origin: 'speech' });
  expect((await database.mediaItem.findUniqueOrThrow({ where: { id: mediaItemId } })).searchableAt).not.toBeNull();
  expect(await activitiesOf(handle)).toContainEqual({ name: 'transcribe', queue: taskQueue('gpu') });
  expect(await stageOf(handle.workflowId, 'ingest')).toMatchObject({
    status: 'done',
    note: expect.stringMatching(/ on cpu$/),
  });
  await replayAndKeep(handle, 'process-media.speech');
});

it('does not hear it again', async () => {
  const { handle } = await harness.process('spoken.wav', { maxStrategies: 0 });
  const { counts } = processMediaResultSchema.parse(await handle.result());
  expect(counts).toMatchObject({ cues: SAID.length, embedded: 0 });
  expect(await stageOf(handle.workflowId, 'ingest')).toMatchObject({ status: 'reused' });
  await replayAndKeep(handle, 'process-media.speech-reused');
});

it('leaves media with a transcript to its transcript', async () => {
  const file = await writeLesson(harness.mediaRoot, 'written', { seconds: 10 });
  const { handle, mediaItemId } = await harness.process(file, { maxStrategies: 0 });
  await handle.result();
  expect((await activitiesOf(handle)).map(({ name }) => name)).not.toContain('transcribe');
  const { origin } = await harness.dependencies.database.transcript.findUniqueOrThrow({ where: { mediaItemId } });
  expect(origin).toBe('sidecar');
});

it('fails with a remedy where nothing is said', async () => {
  await writeWav(path.join(harness.mediaRoot, 'silence.wav'), whisper.sing([[null, 5_000]]));
  const { handle } = await harness.process('silence.wav');
  await expect(handle.result()).rejects.toThrow();
  expect((await runOf(handle.workflowId)).failure).toMatchObject({
    code: 'SPEECH_EMPTY',
    stage: 'ingest',
    remedy: expect.stringMatching(/\w/),
  });
  await replayAndKeep(handle, 'process-media.nothing-said');
});

it('does not listen to media without sound', async () => {
  const file = 'mute.mp4';
  await ffmpeg('-f', 'lavfi', '-i', 'testsrc=size=64x48:rate=10:duration=1', path.join(harness.mediaRoot, file));
  const { handle } = await harness.process(file);
  await expect(handle.result()).rejects.toThrow();
  expect((await runOf(handle.workflowId)).failure).toMatchObject({ code: 'TRANSCRIPT_MISSING', stage: 'ingest' });
  await rm(path.join(harness.mediaRoot, file));
});
