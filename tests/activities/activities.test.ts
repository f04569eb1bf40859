/** Single activities on real components: written once however often they run, and clean when they are cancelled. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createActivities } from '../../activities/index.ts';
import { createRatingActivities } from '../../activities/ratings.ts';
import type { Llm } from '../../clients/llm/llm.ts';
import type { LlmBackend } from '../../clients/llm/types.ts';
import { type ErrorCode, TapeworksError } from '../../contracts/errors.ts';
import { processMediaResultSchema } from '../../contracts/messages.ts';
import { type Harness, startHarness } from '../setup/harness.ts';
import { writeLesson } from '../setup/lesson.ts';
import { createLogger } from '../../workers/logger.ts';
import { until } from '../setup/until.ts';

const silent = createLogger('silent');
let harness: Harness;
let mediaItemId: number;
let activities: ReturnType<typeof createActivities>;
const run = <Input, Output>(activity: (input: Input) => Promise<Output>, input: Input): Promise<Output> =>
  new MockActivityEnvironment(undefined, { logger: silent }).run(activity, input);

beforeAll(async () => {
  harness = await startHarness();
  activities = createActivities(harness.dependencies);
  const { handle, mediaItemId: id } = await harness.process(await writeLesson(harness.mediaRoot, 'lesson'));
  processMediaResultSchema.parse(await handle.result());
  mediaItemId = id;
});
afterAll(() => harness.close());

describe('run again', () => {
  it.each([
    'ingest',
    'detectKeywords',
    'detectSemantic',
    'generateClips',
    'extractConcepts',
    'sampleFrames',
    'readFrames',
    'embed',
    'index',
  ] as const)('%s changes nothing', async (name) => {
    const { database } = harness.dependencies;
    const where = { mediaItemId };
    const rows = async () => ({
      cues: await database.transcriptCue.findMany({ where, orderBy: { id: 'asc' } }),
      hits: await database.keywordHit.findMany({ where, orderBy: { id: 'asc' } }),
      clips: await database.clip.findMany({ where, orderBy: { id: 'asc' } }),
      frames: await database.frame.findMany({ where, orderBy: { id: 'asc' } }),
      chunks: await database.transcriptChunk.findMany({ where, orderBy: { id: 'asc' } }),
      vectors: await database.embedding.findMany({ where, orderBy: { id: 'asc' } }),
      concepts: (
        await database.concept.findMany({ where, orderBy: [{ startMs: 'asc' }, { term: 'asc' }, { parameter: 'asc' }] })
      ).map(({ id: _id, ...concept }) => concept),
    });
    const before = await rows();
    const groups = {
      ...activities.ingestion,
      ...activities.detection,
      ...activities.semantics,
      ...activities.clips,
      ...activities.frames,
      ...activities.embedding,
      ...activities.indexing,
    };
    await run(groups[name] as (input: { mediaItemId: number; keywords: null }) => Promise<unknown>, {
      mediaItemId,
      keywords: null,
    });
    expect(await rows()).toEqual(before);
  });

  it('only changed text is embedded again', async () => {
    const { database } = harness.dependencies;
    const cue = await database.transcriptCue.findFirstOrThrow({ where: { mediaItemId } });
    await database.transcriptCue.update({ where: { id: cue.id }, data: { text: `${cue.text} indeed` } });
    const { counts } = await run(activities.embedding.embed, { mediaItemId });
    expect(counts.embedded).toBe(1);
  });
});

describe('narrower keywords', () => {
  it('remove hits, clips and vectors of the others, from disk and index too', async () => {
    const { database, config } = harness.dependencies;
    await run(activities.detection.detectKeywords, { mediaItemId, keywords: ['oversold'] });
    await run(activities.clips.generateClips, { mediaItemId });
    await run(activities.frames.sampleFrames, { mediaItemId });
    await run(activities.embedding.embed, { mediaItemId });
    await run(activities.indexing.index, { mediaItemId });
    expect(
      (await database.keywordHit.findMany({ where: { mediaItemId } })).every(({ keyword }) => keyword === 'oversold'),
    ).toBe(true);
    const clips = await database.clip.count({ where: { mediaItemId } });
    const files = await readdir(path.join(config.DATA_DIR, 'clips', String(mediaItemId)));
    expect(files.filter((file) => file.endsWith('.mp4'))).toHaveLength(clips);
    const index = await harness.dependencies.searchIndex();
    expect(await index.count('clip', { mediaItemId })).toBe(clips);
  });
});

describe('two exports at once', () => {
  it('leave whole files that agree with the database', async () => {
    const { database, config } = harness.dependencies;
    await Promise.all([1, 2, 3].map(() => run(activities.exporting.exportResults, {})));
    const folder = path.join(config.DATA_DIR, 'exports');
    const lines = (await readFile(path.join(folder, 'llm_signals.csv'), 'utf8')).trim().split('\n');
    expect(lines).toHaveLength((await database.signal.count()) + 1);
    const bars = (await readFile(path.join(folder, 'llm_strategy_results.csv'), 'utf8')).trim().split('\n').length - 1;
    expect(await database.export.findFirstOrThrow({ where: { name: 'llm_strategy_results.csv' } })).toMatchObject({
      rows: bars,
    });
    expect(await readdir(folder)).toHaveLength(4);
  });
});

describe('cancelled', () => {
  it('generateClips stops and leaves no half file', async () => {
    const { database, config } = harness.dependencies;
    await run(activities.detection.detectKeywords, { mediaItemId, keywords: null });
    const folder = path.join(config.DATA_DIR, 'clips', String(mediaItemId));
    await database.clip.deleteMany({ where: { mediaItemId } });
    const environment = new MockActivityEnvironment(undefined, { logger: silent });
    const cutting = environment.run(activities.clips.generateClips, { mediaItemId });
    await until(async () => ((await readdir(folder)).some((file) => file.includes('.partial-')) ? true : null));
    environment.cancel();
    await expect(cutting).rejects.toThrow();
    expect((await readdir(folder)).filter((file) => file.includes('.partial-'))).toEqual([]);
  });
});

/** A backend that fails in one way: for faults only. */
const failing = (code: ErrorCode): Llm => {
  const backend: LlmBackend = {
    name: 'failing',
    model: 'none',
    generate: () => Promise.reject(new TapeworksError(code, 'as told')),
    health: () => Promise.resolve({ ok: true, detail: '', models: [] }),
  };
  return {
    chooseBackend: () => Promise.resolve(backend),
    health: () => backend.health(),
    ask: () =>
      Promise.reject(new TapeworksError(code, 'as told', code === 'LLM_RATE_LIMITED' ? { retryAfterMs: 1 } : {})),
    judge: () => Promise.resolve(),
  };
};

describe('rating while the model fails', () => {
  const pend = async () => {
    const { database } = harness.dependencies;
    const signal = await database.signal.findFirstOrThrow();
    await database.llmAnalysisResult.deleteMany({ where: { signalId: signal.id } });
    await database.llmEnhancementTask.update({
      where: { signalId: signal.id },
      data: { status: 'pending', attempts: 0 },
    });
    return signal.id;
  };

  const signalWith = (signalId: number) =>
    harness.dependencies.database.llmAnalysisResult.findFirst({ where: { signalId } });

  it.each([
    ['LLM_TIMEOUT', 'unavailable'],
    ['LLM_ANSWER_INVALID', 'invalid_answer'],
  ] as const)('%s is asked again at once, five times, then rated by rules with llm_status %s', async (code, status) => {
    const { database } = harness.dependencies;
    const signalId = await pend();
    const { rateSignals } = createRatingActivities({ config: harness.config, database, llm: failing(code) });
    expect(await run(rateSignals, { signalIds: [signalId] })).toEqual({ rated: 1, offline: 1, backend: 'offline' });
    expect(await signalWith(signalId)).toMatchObject({ llmStatus: status, parseMethod: 'rules', backend: 'offline' });
    expect(await database.llmEnhancementTask.findUnique({ where: { signalId } })).toMatchObject({
      attempts: 5,
      error: expect.stringContaining(code),
    });
  });

  it('LLM_UNAVAILABLE waits for the retry, five times, then is rated by rules', async () => {
    const { database } = harness.dependencies;
    const signalId = await pend();
    const { rateSignals } = createRatingActivities({
      config: harness.config,
      database,
      llm: failing('LLM_UNAVAILABLE'),
    });
    for (let attempt = 1; attempt < 5; attempt += 1)
      await expect(run(rateSignals, { signalIds: [signalId] })).rejects.toThrow('as told');
    expect(await run(rateSignals, { signalIds: [signalId] })).toEqual({ rated: 1, offline: 1, backend: 'offline' });
    expect(await signalWith(signalId)).toMatchObject({ llmStatus: 'unavailable' });
  });

  it('a signal deleted meanwhile does not stop the others', async () => {
    const { rateSignals } = createRatingActivities(harness.dependencies);
    expect(await run(rateSignals, { signalIds: [1] })).toMatchObject({ rated: 0 });
  });

  it('LLM_RATE_LIMITED waits and is no attempt', async () => {
    const { database } = harness.dependencies;
    const signalId = await pend();
    const { rateSignals } = createRatingActivities({
      config: harness.config,
      database,
      llm: failing('LLM_RATE_LIMITED'),
    });
    for (let attempt = 1; attempt <= 7; attempt += 1)
      await expect(run(rateSignals, { signalIds: [signalId] })).rejects.toThrow('as told');
    expect((await database.llmEnhancementTask.findUniqueOrThrow({ where: { signalId } })).attempts).toBe(0);
  });

  it('a signal that waited an hour is rated by rules as expired', async () => {
    const { database } = harness.dependencies;
    const signalId = await pend();
    await database.llmEnhancementTask.update({
      where: { signalId },
      data: { createdAt: new Date(Date.now() - 61 * 60_000) },
    });
    const { rateSignals } = createRatingActivities({
      config: harness.config,
      database,
      llm: failing('LLM_RATE_LIMITED'),
    });
    await run(rateSignals, { signalIds: [signalId] });
    const [result] = await database.llmAnalysisResult.findMany({ where: { signalId } });
    expect(result?.llmStatus).toBe('expired');
  });
});
