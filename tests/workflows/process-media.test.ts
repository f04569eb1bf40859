/** processMedia on real components: its whole path, and everything a person can do to it meanwhile. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { WorkflowFailedError, WorkflowUpdateFailedError, type WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dispatchWaiting } from '../../clients/temporal/outbox.ts';
import { processMediaResultSchema } from '../../contracts/messages.ts';
import { MESSAGE_NAMES, taskQueue } from '../../contracts/names.ts';
import { type Progress, progressSchema } from '../../contracts/runs.ts';
import { type Harness, startHarness } from '../setup/harness.ts';
import { replayAndKeep } from '../setup/histories.ts';
import { writeLesson, writeTranscript } from '../setup/lesson.ts';
import { until } from '../setup/until.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());

const progressOf = async (handle: WorkflowHandle): Promise<Progress> =>
  progressSchema.parse(await handle.query(MESSAGE_NAMES.progress));
const stageOf = (progress: Progress, name: string) => progress.stages.find(({ stage }) => stage === name);
const failureOf = async (result: Promise<unknown>) => {
  const error: unknown = await result.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(WorkflowFailedError);
  return error as WorkflowFailedError;
};

describe('a lesson on video', () => {
  let videoId: string;

  it('goes from file to rated signals and exports', async () => {
    const file = await writeLesson(harness.mediaRoot, 'rsi lesson', { rate: 25 });
    const { handle, mediaItemId } = await harness.process(file);
    const result = processMediaResultSchema.parse(await handle.result());
    videoId = result.videoId;

    for (const name of [
      'cues',
      'hits',
      'clips',
      'concepts',
      'frames',
      'framesWithText',
      'vectors',
      'embedded',
      'indexed',
      'strategies',
      'signals',
      'ratings',
      'exports',
    ]) {
      expect(result.counts[name], name).toBeGreaterThan(0);
    }
    const { database, config } = { ...harness.dependencies, config: harness.config };
    const strategies = await database.strategy.findMany({
      where: { id: { in: result.strategyIds } },
      include: { citations: { include: { cue: true } } },
    });
    for (const { citations } of strategies) {
      expect(citations.length).toBeGreaterThan(0);
      for (const { quote, cue } of citations) expect(cue.text).toContain(quote);
    }
    const item = await database.mediaItem.findUniqueOrThrow({
      where: { id: mediaItemId },
      include: { hits: true, clips: true, chunks: true, embeddings: true },
    });
    expect(item.searchableAt).not.toBeNull();
    expect(result.counts).toMatchObject({
      hits: item.hits.length,
      explained: 0,
      clips: item.clips.length,
      vectors: item.embeddings.length,
      indexed: item.embeddings.filter(({ embeddingType }) => embeddingType !== 'keyword').length,
    });
    // A transcript's vector stands for a window of several cues.
    expect(item.chunks.length).toBeLessThan(result.counts.cues ?? 0);
    expect(new Set(item.chunks.flatMap(({ cueIds }) => cueIds)).size).toBe(result.counts.cues);
    const ofTranscript = item.embeddings.filter(({ embeddingType }) => embeddingType === 'transcript');
    expect(ofTranscript).toHaveLength(item.chunks.length);
    expect(new Set(ofTranscript.map(({ referenceId }) => referenceId))).toEqual(
      new Set(item.chunks.map(({ id }) => id)),
    );
    for (const { method, methodReason, contactSheetPath } of item.clips) {
      expect({ method, methodReason }).toEqual({ method: 'smart', methodReason: null });
      expect(contactSheetPath).toMatch(/\.jpg$/);
    }
    const csv = await readFile(path.join(config.DATA_DIR, 'exports', 'llm_signals.csv'), 'utf8');
    expect(csv.trim().split('\n')).toHaveLength((await database.signal.count()) + 1);
    const run = await database.run.findFirstOrThrow({ where: { workflowId: handle.workflowId } });
    expect(run).toMatchObject({ status: 'completed', mediaItemId });
    await replayAndKeep(handle, 'process-media.video');
  });

  it('done again from a stage reuses what earlier stages stored and doubles nothing', async () => {
    const { database } = harness.dependencies;
    const before = await Promise.all([
      database.keywordHit.count(),
      database.embedding.count(),
      database.signal.count(),
      database.strategy.count(),
    ]);
    const { handle } = await harness.process('rsi lesson.mp4', { fromStage: 'embed' });
    const result = processMediaResultSchema.parse(await handle.result());
    expect(result.videoId).toBe(videoId);
    expect(result.counts.embedded).toBe(0);
    const progress = await progressOf(handle);
    expect(stageOf(progress, 'generateClips')?.status).toBe('reused');
    expect(
      await Promise.all([
        database.keywordHit.count(),
        database.embedding.count(),
        database.signal.count(),
        database.strategy.count(),
      ]),
    ).toEqual(before);
    await replayAndKeep(handle, 'process-media.from-stage');
  });
});

describe('a transcript alone', () => {
  it('has no clips and no frames, and everything else', async () => {
    await writeTranscript(harness.mediaRoot, 'words only.srt', { extra: '' });
    const { handle } = await harness.process('words only.srt');
    const result = processMediaResultSchema.parse(await handle.result());
    expect(result.counts).toMatchObject({ clips: 0 });
    expect(result.counts.signals).toBeGreaterThan(0);
    const progress = await progressOf(handle);
    expect(stageOf(progress, 'generateClips')).toMatchObject({
      status: 'skipped',
      note: expect.stringContaining('transcript'),
    });
    expect(stageOf(progress, 'sampleFrames')?.status).toBe('skipped');
    await replayAndKeep(handle, 'process-media.transcript');
  });
});

describe('steering', () => {
  it('pauses between stages, refuses a second pause, resumes', async () => {
    await writeTranscript(harness.mediaRoot, 'pause.srt', {
      extra: '900\n00:01:10,000 --> 00:01:12,000\nOne breakout more.',
    });
    const { handle } = await harness.process('pause.srt');
    await handle.executeUpdate(MESSAGE_NAMES.pause, { args: [{ reason: 'a look at it' }] });
    await expect(handle.executeUpdate(MESSAGE_NAMES.pause, { args: [{ reason: 'again' }] })).rejects.toBeInstanceOf(
      WorkflowUpdateFailedError,
    );
    const paused = await until(async () => {
      const progress = await progressOf(handle);
      return progress.paused && progress.stages.every(({ status }) => status !== 'running') ? progress : null;
    });
    expect(paused.stages.some(({ status }) => status === 'pending')).toBe(true);
    await handle.executeUpdate(MESSAGE_NAMES.resume);
    await handle.result();
    await replayAndKeep(handle, 'process-media.paused');
  });

  it('goes back to a stage on request, and refuses one not reached or unknown', async () => {
    await writeTranscript(harness.mediaRoot, 'rerun.srt', {
      extra: '900\n00:01:10,000 --> 00:01:12,000\nTwo breakouts more.',
    });
    const { handle } = await harness.process('rerun.srt');
    await until(async () => (stageOf(await progressOf(handle), 'ingest')?.status === 'done' ? true : null));
    await handle.executeUpdate(MESSAGE_NAMES.pause, { args: [{ reason: '' }] });
    const rerun = (stage: string) => handle.executeUpdate(MESSAGE_NAMES.rerunFrom, { args: [{ stage }] });
    await expect(rerun('export')).rejects.toThrow();
    await expect(rerun('nowhere')).rejects.toThrow();
    await rerun('ingest');
    await handle.executeUpdate(MESSAGE_NAMES.resume);
    await handle.result();
    const history = await handle.fetchHistory();
    const ingests = history.events?.filter(
      (event) => event.activityTaskScheduledEventAttributes?.activityType?.name === 'ingest',
    );
    expect(ingests).toHaveLength(2);
    await replayAndKeep(handle, 'process-media.rerun');
  });

  it('cancels, says why, and keeps the outcome', async () => {
    await writeTranscript(harness.mediaRoot, 'cancel.srt', {
      extra: '900\n00:01:10,000 --> 00:01:12,000\nThree breakouts more.',
    });
    const { handle } = await harness.process('cancel.srt');
    await handle.executeUpdate(MESSAGE_NAMES.pause, { args: [{ reason: '' }] });
    await handle.executeUpdate(MESSAGE_NAMES.cancel, { args: [{ reason: 'wrong lesson' }] });
    const error = await failureOf(handle.result());
    expect(error.cause?.name).toBe('CancelledFailure');
    expect((await handle.describe()).status.name).toBe('CANCELLED');
    const run = await harness.dependencies.database.run.findFirstOrThrow({ where: { workflowId: handle.workflowId } });
    expect(run.status).toBe('cancelled');
    expect(progressSchema.parse(run.progress).cancelReason).toBe('wrong lesson');
    await replayAndKeep(handle, 'process-media.cancelled');
  });
});

describe('what cannot work', () => {
  it('a video without a transcript fails with a code and a remedy, at once', async () => {
    const file = await writeLesson(harness.mediaRoot, 'silent', { seconds: 10 });
    await rm(path.join(harness.mediaRoot, 'silent.srt'));
    const { handle } = await harness.process(file);
    await failureOf(handle.result());
    const run = await harness.dependencies.database.run.findFirstOrThrow({ where: { workflowId: handle.workflowId } });
    expect(run.failure).toMatchObject({
      code: 'TRANSCRIPT_MISSING',
      stage: 'ingest',
      remedy: expect.stringContaining('.srt'),
    });
    await replayAndKeep(handle, 'process-media.no-transcript');
  });

  it.each([
    ['broken.srt', 'this is no subtitle file at all\n', 'TRANSCRIPT_BROKEN'],
    ['noise.mp4', 'not a film, only words\n', 'MEDIA_UNREADABLE'],
    ['list.mp4', '#EXTM3U\nhttp://127.0.0.1/secret.ts\n', 'MEDIA_REFERS_ELSEWHERE'],
  ])('%s fails with %s', async (file, content, code) => {
    await writeFile(path.join(harness.mediaRoot, file), content);
    const { handle } = await harness.process(file);
    await failureOf(handle.result());
    const run = await harness.dependencies.database.run.findFirstOrThrow({ where: { workflowId: handle.workflowId } });
    expect(run.failure).toMatchObject({ code });
  });
});

describe('a stage that fails for a while', () => {
  it('is retried alone, and the run goes on', async () => {
    const { database } = harness.dependencies;
    await writeTranscript(harness.mediaRoot, 'retried.srt', {
      extra: '900\n00:01:10,000 --> 00:01:12,000\nFive breakouts more.',
    });
    await database.$executeRaw`ALTER TABLE concepts RENAME TO concepts_away`;
    const { handle } = await harness.process('retried.srt');
    await until(async () => {
      const pending = (await handle.describe()).raw.pendingActivities ?? [];
      return pending.some(({ activityType, attempt }) => activityType?.name === 'extractConcepts' && (attempt ?? 0) > 1)
        ? true
        : null;
    });
    await database.$executeRaw`ALTER TABLE concepts_away RENAME TO concepts`;
    expect(await handle.result()).toMatchObject({ counts: { concepts: expect.any(Number) } });
    await replayAndKeep(handle, 'process-media.retried');
  });
});

describe('a file that was replaced since it was registered', () => {
  it('is refused, not processed under the other name', async () => {
    await writeTranscript(harness.mediaRoot, 'replaced.srt', {
      extra: '900\n00:01:10,000 --> 00:01:12,000\nSix breakouts more.',
    });
    const first = await harness.process('replaced.srt');
    await first.handle.result();
    await writeTranscript(harness.mediaRoot, 'replaced.srt', { seconds: 30 });
    const { workflowId: id } = first.started;
    const run = await harness.dependencies.database.run.findFirstOrThrow({ where: { workflowId: id } });
    const again = harness.client.workflow.execute('processMedia', {
      workflowId: id,
      taskQueue: taskQueue('workflow'),
      args: [run.input],
    });
    await failureOf(again);
    const failed = await harness.dependencies.database.run.findFirstOrThrow({
      where: { workflowId: id, status: 'failed' },
    });
    expect(failed.failure).toMatchObject({ code: 'MEDIA_CHANGED' });
  });
});

describe('starting twice', () => {
  it('fulfils one wish once, even when the answer to the start was lost and the run has ended', async () => {
    await writeTranscript(harness.mediaRoot, 'lost.srt', {
      extra: '900\n00:01:10,000 --> 00:01:12,000\nSeven breakouts more.',
    });
    const { started, handle } = await harness.process('lost.srt');
    await handle.result();
    const { database } = harness.dependencies;
    const wish = await database.outbox.findFirstOrThrow({ where: { workflowId: started.workflowId } });
    await database.outbox.update({ where: { id: wish.id }, data: { runId: null, dispatchedAt: null } });
    expect(await dispatchWaiting(database, harness.client, -60_000)).toBe(1);
    expect(await database.outbox.findUniqueOrThrow({ where: { id: wish.id } })).toMatchObject({ runId: started.runId });
    expect(await database.run.count({ where: { workflowId: started.workflowId } })).toBe(1);
  });

  it('joins the running run', async () => {
    await writeTranscript(harness.mediaRoot, 'twice.srt', {
      extra: '900\n00:01:10,000 --> 00:01:12,000\nFour breakouts more.',
    });
    const first = await harness.process('twice.srt');
    const second = await harness.process('twice.srt');
    expect(second.started).toEqual({ ...first.started, reused: true });
    await first.handle.result();
  });
});
