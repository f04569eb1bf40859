/** The workflows around processMedia: a folder, a batch on a schedule, ratings; each with its continue-as-new. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  batchGenerateInputSchema,
  type BatchGenerateInput,
  type EnhanceSignalsInput,
  type ProcessLibraryInput,
} from '../../contracts/messages.ts';
import { taskQueue } from '../../contracts/names.ts';
import { type Harness, startHarness } from '../setup/harness.ts';
import { replayAndKeep } from '../setup/histories.ts';
import { writeTranscript } from '../setup/lesson.ts';
import { until } from '../setup/until.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());

const start = (workflowType: string, workflowId: string, input: object) =>
  harness.client.workflow.start(workflowType, { workflowId, taskQueue: taskQueue('workflow'), args: [input] });

const library = (folder: string, overrides: Partial<ProcessLibraryInput> = {}): ProcessLibraryInput => ({
  folder,
  keywords: null,
  maxStrategies: 1,
  products: null,
  concurrency: 2,
  after: null,
  soFar: { done: 0, skipped: 0, failed: 0 },
  failures: [],
  force: false,
  filesPerRun: 100,
  ...overrides,
});

describe('processLibrary', () => {
  it('does every file, names the bad one, skips what is done, and goes on as new', async () => {
    const folder = path.join(harness.mediaRoot, 'course');
    await mkdir(folder);
    await writeTranscript(folder, 'a.srt', { extra: '900\n00:01:10,000 --> 00:01:12,000\nLesson one on MACD.' });
    await writeFile(path.join(folder, 'b-broken.srt'), 'nothing here that could be read');
    await writeTranscript(folder, 'c.srt', { extra: '900\n00:01:10,000 --> 00:01:12,000\nLesson two on ATR.' });

    const first = await start('processLibrary', 'library-1', library('course', { filesPerRun: 2 }));
    expect(await first.result()).toEqual({ done: 2, skipped: 0, failed: 1 });
    const runs = await harness.dependencies.database.run.findMany({
      where: { workflowId: 'library-1' },
      orderBy: { id: 'asc' },
    });
    expect(runs.map(({ status }) => status)).toEqual(['continued', 'completed']);
    expect(JSON.stringify(runs[0]?.progress)).toContain('b-broken.srt');
    await replayAndKeep(
      harness.client.workflow.getHandle('library-1', runs[0]?.runId),
      'process-library.continue-as-new',
    );
    await replayAndKeep(harness.client.workflow.getHandle('library-1', runs[1]?.runId), 'process-library.bad-file');

    const second = await start('processLibrary', 'library-2', library('course'));
    expect(await second.result()).toEqual({ done: 0, skipped: 2, failed: 1 });
  });
});

describe('a lesson cancelled by itself', () => {
  it('is named, and the rest of the folder goes on', async () => {
    const folder = path.join(harness.mediaRoot, 'cancelled');
    await mkdir(folder);
    await writeTranscript(folder, 'a.srt', { extra: '900\n00:01:10,000 --> 00:01:12,000\nLesson three on volume.' });
    await writeTranscript(folder, 'b.srt', { extra: '900\n00:01:10,000 --> 00:01:12,000\nLesson four on momentum.' });
    const { database } = harness.dependencies;
    const before = await database.run.count({ where: { workflowType: 'processMedia' } });
    const parent = await start('processLibrary', 'library-3', library('cancelled', { concurrency: 1 }));
    const child = await until(async () => {
      const runs = await database.run.findMany({ where: { workflowType: 'processMedia' }, orderBy: { id: 'asc' } });
      return runs[before] ?? null;
    });
    await harness.client.workflow.getHandle(child.workflowId, child.runId).cancel();
    expect(await parent.result()).toEqual({ done: 1, skipped: 0, failed: 1 });
    const run = await database.run.findFirstOrThrow({ where: { workflowId: 'library-3' } });
    expect(run.status).toBe('completed');
    expect(JSON.stringify(run.progress)).toContain('"CANCELLED"');
    await replayAndKeep(parent, 'process-library.child-cancelled');
  });
});

describe('batchGenerate', () => {
  const batch = (overrides: Partial<BatchGenerateInput> = {}): BatchGenerateInput => ({
    keywords: null,
    minHits: 1,
    topK: 5,
    temperature: 0.7,
    concurrency: 2,
    force: false,
    after: null,
    soFar: { made: 0, reused: 0, failed: 0 },
    keywordsPerRun: 4,
    ...overrides,
  });

  it('makes strategies page by page, reuses them the next time, and exports them', async () => {
    const handle = await start('batchGenerate', 'batch-1', batch());
    const made = batchGenerateInputSchema.shape.soFar.parse(await handle.result());
    expect(made.made).toBeGreaterThan(2);
    expect(made.reused).toBe(0);
    const [run] = await harness.dependencies.database.run.findMany({
      where: { workflowId: 'batch-1' },
      orderBy: { id: 'asc' },
    });
    expect(run?.status).toBe('continued');
    await replayAndKeep(harness.client.workflow.getHandle('batch-1', run?.runId), 'batch-generate.continue-as-new');

    const again = await start('batchGenerate', 'batch-2', batch({ keywordsPerRun: 500 }));
    expect(await again.result()).toEqual({ made: 0, reused: made.made, failed: made.failed });
    await replayAndKeep(again, 'batch-generate.reused');
    const exported: unknown = JSON.parse(
      await readFile(path.join(harness.config.DATA_DIR, 'exports', 'strategies.json'), 'utf8'),
    );
    expect(exported).toHaveLength(await harness.dependencies.database.strategy.count());
  });

  it('runs on a Temporal Schedule', async () => {
    const { client } = harness;
    const schedule = await client.schedule.create({
      scheduleId: 'nightly',
      spec: { cronExpressions: ['0 3 * * *'] },
      action: {
        type: 'startWorkflow',
        workflowType: 'batchGenerate',
        workflowId: 'batch-nightly',
        taskQueue: taskQueue('workflow'),
        args: [batch({ keywords: ['RSI'] })],
      },
    });
    await schedule.trigger();
    const started = await until(async () => (await schedule.describe()).info.recentActions[0]?.action.workflow ?? null);
    const handle = client.workflow.getHandle(started.workflowId);
    expect(await handle.result()).toMatchObject({ reused: 1 });
    await schedule.delete();
  });
});

describe('enhanceSignals', () => {
  it('rates what is pending, in several runs, each signal once', async () => {
    const { database } = harness.dependencies;
    await database.llmAnalysisResult.deleteMany();
    const { count } = await database.llmEnhancementTask.updateMany({ data: { status: 'pending' } });
    expect(count).toBeGreaterThan(2);
    const input: EnhanceSignalsInput = {
      strategyIds: null,
      limit: Math.ceil(count / 2),
      soFar: { rated: 0, offline: 0, backend: 'offline' },
    };
    const handle = await start('enhanceSignals', 'enhance-1', input);
    expect(await handle.result()).toEqual({ rated: count, offline: count, backend: 'offline' });
    expect(await database.llmAnalysisResult.count()).toBe(count);
    const [run] = await database.run.findMany({ where: { workflowId: 'enhance-1' }, orderBy: { id: 'asc' } });
    await replayAndKeep(harness.client.workflow.getHandle('enhance-1', run?.runId), 'enhance-signals.continue-as-new');
  });
});

describe('generateStrategy', () => {
  const input = (keyword: string) => ({ keyword, mediaItemId: null, topK: 5, temperature: 0.7, force: false });

  it('starts alone and cites its moments', async () => {
    const handle = await start('generateStrategy', 'strategy-1', input('relative strength index'));
    expect(await handle.result()).toMatchObject({ keyword: 'RSI', reused: true, backend: 'offline' });
    await replayAndKeep(handle, 'generate-strategy.reused');
  });

  it.each([
    ['no such indicator', 'UNKNOWN_KEYWORD'],
    ['iron condor', 'NO_EXAMPLES'],
  ])('%s fails with %s', async (keyword, code) => {
    const handle = await start('generateStrategy', `strategy-${code}`, input(keyword));
    await expect(handle.result()).rejects.toThrow();
    const run = await harness.dependencies.database.run.findFirstOrThrow({ where: { workflowId: `strategy-${code}` } });
    expect(run.failure).toMatchObject({ code });
    await replayAndKeep(handle, `generate-strategy.${code.toLowerCase().replaceAll('_', '-')}`);
  });
});
