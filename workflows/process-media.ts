/**
 * One lesson from file to rated signals:
 * ingest → keywords → clips → (concepts ∥ frames → text) → vectors → index → strategies → signals → ratings → exports.
 */
import { executeChild, workflowInfo } from '@temporalio/workflow';
import type { GenerateStrategyResult, ProcessMediaInput, ProcessMediaResult } from '../contracts/messages.ts';
import { taskQueue, workflowId } from '../contracts/names.ts';
import { type Stage, STAGES } from '../contracts/runs.ts';
import { enhanceSignals } from './enhance-signals.ts';
import { ownCancellation, toFailure } from './failures.ts';
import { generateStrategy } from './generate-strategy.ts';
import { inParallel } from './in-parallel.ts';
import {
  clips,
  detection,
  embedding,
  exporting,
  frames,
  indexing,
  ingestion,
  runs,
  semantics,
  signals,
  speech,
} from './profiles.ts';
import { Run, type StageOutcome } from './run-control.ts';

/** Strategies generated at once: the llm queue has few slots, and waiting there holds nothing up. */
const STRATEGIES_AT_ONCE = 4;

export async function processMedia(input: ProcessMediaInput): Promise<ProcessMediaResult> {
  const { mediaItemId, videoId } = input;
  const run = new Run({
    workflowType: 'processMedia',
    stages: STAGES,
    rerunnable: STAGES,
    input,
    mediaItemId,
    videoId,
  });
  const item = { mediaItemId };
  let strategyIds: number[] = [];
  let withoutStrategy: ProcessMediaResult['withoutStrategy'] = [];
  let exportIds: number[] = [];
  let backend = 'offline';
  let hasPictures = true;

  const work: Record<Stage, () => Promise<StageOutcome>> = {
    ingest: async () => {
      const { kind, needsSpeech, ...outcome } = await ingestion.ingest(item);
      hasPictures = kind === 'video';
      return needsSpeech ? speech.transcribe(item) : outcome;
    },
    detectKeywords,
    generateClips: () => clips.generateClips(item),
    extractConcepts: () => detection.extractConcepts(item),
    sampleFrames: () => frames.sampleFrames(item),
    readFrames: () => frames.readFrames(item),
    embed: () => embedding.embed(item),
    index: () => indexing.index(item),
    generateStrategies,
    scanSignals: scan,
    enhanceSignals: enhance,
    export: exportAll,
  };
  const step = (stage: Stage) => run.stage(stage, work[stage]);

  /** By their words, then what is explained without them. */
  async function detectKeywords() {
    const wanted = { ...item, keywords: input.keywords };
    const { semantic, ...spoken } = await detection.detectKeywords(wanted);
    if (!semantic) return spoken;
    const explained = await semantics.detectSemantic(wanted);
    return { ...explained, counts: { ...spoken.counts, ...explained.counts } };
  }

  async function generateStrategies() {
    const { keywords } = await detection.taughtKeywords({ ...item, limit: input.maxStrategies });
    const made: GenerateStrategyResult[] = [];
    withoutStrategy = [];
    await inParallel(keywords, STRATEGIES_AT_ONCE, async (keyword) => {
      try {
        made.push(
          await executeChild(generateStrategy, {
            workflowId: `${workflowInfo().workflowId}/${workflowId.generateStrategy(keyword)}`,
            taskQueue: taskQueue('workflow'),
            args: [{ keyword, mediaItemId, topK: 5, temperature: 0.2, force: false }],
          }),
        );
      } catch (error) {
        // A keyword without a strategy is a result, not a failure of the lesson.
        if (ownCancellation()) throw error;
        const { code, message } = toFailure(error, 'generateStrategies');
        withoutStrategy.push({ keyword, code, message });
      }
    });
    strategyIds = made.map(({ strategyId }) => strategyId).sort((a, b) => a - b);
    backend = namesOf(made.map((strategy) => strategy.backend)) || backend;
    return {
      counts: { strategies: made.length, keywordsWithoutStrategy: withoutStrategy.length },
      note: `backend ${backend}`,
    };
  }

  async function scan() {
    const series = await signals.importCandles({ products: input.products });
    const found = await signals.scanSignals({ strategyIds, products: series.products });
    return { counts: { candles: series.candles, signals: found.signals } };
  }

  async function enhance() {
    const rated = await executeChild(enhanceSignals, {
      workflowId: `${workflowInfo().workflowId}/${workflowId.enhanceSignals('strategies')}`,
      taskQueue: taskQueue('workflow'),
      args: [{ strategyIds, limit: 1_000, soFar: { rated: 0, offline: 0, backend } }],
    });
    return { counts: { ratings: rated.rated, offlineRatings: rated.offline }, note: `backend ${rated.backend}` };
  }

  async function exportAll() {
    const written = await exporting.exportResults({});
    exportIds = written.exportIds;
    return { counts: { exports: exportIds.length } };
  }

  return run.tell(async () => {
    let next = input.fromStage ? STAGES.indexOf(input.fromStage) : 0;
    for (const stage of STAGES.slice(0, next)) run.skip(stage, 'reused', 'from an earlier run');
    if (next > 0) {
      const earlier = await runs.earlierResults(item);
      hasPictures = earlier.kind === 'video';
      strategyIds = earlier.strategyIds;
      backend = namesOf(earlier.backends) || backend;
      Object.assign(run.progress.counts, earlier.counts);
    }
    while (next < STAGES.length) {
      // A rerun asked for during a pause comes before the next stage.
      await run.unpaused();
      next = rerunOr(next);
      const stage = STAGES[next] as Stage;
      if (stage === 'extractConcepts') {
        await conceptsBesideFrames();
        next += 3;
      } else {
        await step(stage);
        next += 1;
      }
      next = rerunOr(next);
    }
    return {
      mediaItemId,
      videoId,
      counts: run.progress.counts,
      strategyIds,
      withoutStrategy,
      exportIds,
      backend,
      secondsPerStage: run.secondsPerStage(),
    };
  });

  /** Concepts need text only, frames need pictures only: they go side by side. */
  async function conceptsBesideFrames() {
    const frameSteps = async () => {
      if (!hasPictures) {
        run.skip('sampleFrames', 'skipped', 'no pictures in this media');
        run.skip('readFrames', 'skipped', 'no pictures in this media');
        return;
      }
      await step('sampleFrames');
      await step('readFrames');
    };
    // Both come to their end before either's failure ends the run.
    const branches = await Promise.allSettled([step('extractConcepts'), frameSteps()]);
    for (const branch of branches) if (branch.status === 'rejected') throw branch.reason;
  }

  function rerunOr(next: number): number {
    const rerun = run.takeRerun();
    return rerun ? STAGES.findIndex((stage) => stage === rerun) : next;
  }
}

const namesOf = (backends: string[]): string => [...new Set(backends)].sort().join(', ');
