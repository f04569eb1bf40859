/**
 * What every workflow of ours has in common: progress as a query and in the Web UI, pause / resume / cancel / rerun as validated
 * updates, search attributes, and an outcome that is written down even when the run fails or is cancelled.
 */
import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  condition,
  ContinueAsNew,
  defineQuery,
  defineUpdate,
  isCancellation,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { MESSAGE_NAMES, type WorkflowType } from '../contracts/names.ts';
import type { Progress, RunStatus, StageProgress } from '../contracts/runs.ts';
import { ownCancellation, toFailure } from './failures.ts';
import { progressMarkdown } from './progress-markdown.ts';
import { runs } from './profiles.ts';

const keys = {
  media: defineSearchAttributeKey('TapeworksMedia', SearchAttributeType.KEYWORD),
  stage: defineSearchAttributeKey('TapeworksStage', SearchAttributeType.KEYWORD),
  keyword: defineSearchAttributeKey('TapeworksKeyword', SearchAttributeType.KEYWORD),
};

export const progressQuery = defineQuery<Progress>(MESSAGE_NAMES.progress);
export const pauseUpdate = defineUpdate<Progress, [{ reason: string }]>(MESSAGE_NAMES.pause);
export const resumeUpdate = defineUpdate<Progress>(MESSAGE_NAMES.resume);
export const cancelUpdate = defineUpdate<Progress, [{ reason: string }]>(MESSAGE_NAMES.cancel);
export const rerunUpdate = defineUpdate<Progress, [{ stage: string }]>(MESSAGE_NAMES.rerunFrom);

const reject = (code: string, message: string): never => {
  throw ApplicationFailure.nonRetryable(message, code);
};

export interface RunOptions {
  workflowType: WorkflowType;
  stages: readonly string[];
  /** Stages a running run may be sent back to. */
  rerunnable?: readonly string[];
  input: object;
  mediaItemId?: number;
  videoId?: string;
  keyword?: string;
}

/** What a stage reports when it ends. */
export interface StageOutcome {
  counts?: Record<string, number>;
  status?: 'done' | 'reused' | 'skipped';
  note?: string;
}

export class Run {
  readonly progress: Progress;
  readonly #options: RunOptions;
  #rerunFrom: string | null = null;
  #ended = false;

  constructor(options: RunOptions) {
    this.#options = options;
    this.progress = {
      workflowType: options.workflowType,
      stage: null,
      paused: false,
      pauseReason: null,
      cancelReason: null,
      stages: options.stages.map((stage) => ({ stage, status: 'pending', counts: {}, note: null, seconds: null })),
      counts: {},
      failures: [],
    };
    // The server refuses an empty upsert.
    const attributes = [
      ...(options.videoId ? [{ key: keys.media, value: options.videoId }] : []),
      ...(options.keyword ? [{ key: keys.keyword, value: options.keyword }] : []),
    ];
    if (attributes.length > 0) upsertSearchAttributes(attributes);
    this.#listen();
  }

  /** Runs a workflow's story: writes down its start and its outcome, whatever that is. */
  async tell<Result extends object>(story: () => Promise<Result>): Promise<Result> {
    try {
      await this.#record('running', null);
      const result = await story();
      await this.#end('completed', result);
      return result;
    } catch (error) {
      if (ownCancellation()) {
        for (const stage of this.progress.stages) if (stage.status === 'running') stage.status = 'cancelled';
        await CancellationScope.nonCancellable(() => this.#end('cancelled', null));
        // Whatever else failed meanwhile, the run ends as what it was asked to.
        if (!isCancellation(error)) throw new CancelledFailure('The run was cancelled.');
      } else if (error instanceof ContinueAsNew) {
        await this.#end('continued', null);
      } else {
        if (this.progress.failures.length === 0) this.progress.failures.push(toFailure(error, this.progress.stage));
        await CancellationScope.nonCancellable(() => this.#end('failed', null));
      }
      throw error;
    }
  }

  /** Resolves at once, or when a pause ends. */
  async unpaused(): Promise<void> {
    await condition(() => !this.progress.paused);
  }

  /** Shows the progress as it is now in the Web UI. */
  show(): void {
    setCurrentDetails(progressMarkdown(this.progress));
  }

  /** Runs one stage: waits while paused, times it, keeps its counts, notes its failure. */
  async stage(name: string, work: () => Promise<StageOutcome>): Promise<void> {
    await this.unpaused();
    const entry = this.#entry(name);
    const startedAt = Date.now();
    Object.assign(entry, { status: 'running', counts: {}, note: null, seconds: null });
    this.progress.stage = name;
    upsertSearchAttributes([{ key: keys.stage, value: name }]);
    this.show();
    try {
      const outcome = await work();
      entry.status = outcome.status ?? 'done';
      entry.counts = outcome.counts ?? {};
      entry.note = outcome.note ?? null;
      Object.assign(this.progress.counts, entry.counts);
    } catch (error) {
      entry.status = ownCancellation() ? 'cancelled' : 'failed';
      if (!ownCancellation()) this.progress.failures.push(toFailure(error, name));
      throw error;
    } finally {
      entry.seconds = (Date.now() - startedAt) / 1000;
      this.show();
    }
  }

  /** Marks a stage that this run does not do. */
  skip(name: string, status: 'reused' | 'skipped', note: string): void {
    Object.assign(this.#entry(name), { status, note });
    this.show();
  }

  /** The stage a person asked to go back to, once. */
  takeRerun(): string | null {
    const stage = this.#rerunFrom;
    this.#rerunFrom = null;
    return stage;
  }

  secondsPerStage(): Record<string, number> {
    return Object.fromEntries(
      this.progress.stages.flatMap(({ stage, seconds }) => (seconds === null ? [] : [[stage, seconds]])),
    );
  }

  #entry(name: string): StageProgress {
    const entry = this.progress.stages.find(({ stage }) => stage === name);
    return entry ?? reject('INTERNAL', `Stage "${name}" is not one of ${this.#options.workflowType}.`);
  }

  #listen(): void {
    const active = () => {
      if (this.#ended) reject('RUN_NOT_ACTIVE', 'The run has ended.');
    };
    setHandler(progressQuery, () => this.progress);
    setHandler(
      pauseUpdate,
      ({ reason }: { reason: string }) => {
        Object.assign(this.progress, { paused: true, pauseReason: reason });
        this.show();
        return this.progress;
      },
      {
        validator: (_: { reason: string }) => {
          active();
          if (this.progress.paused) reject('CONFLICT', 'The run is paused already.');
        },
      },
    );
    setHandler(
      resumeUpdate,
      () => {
        Object.assign(this.progress, { paused: false, pauseReason: null });
        this.show();
        return this.progress;
      },
      {
        validator: () => {
          active();
          if (!this.progress.paused) reject('CONFLICT', 'The run is not paused.');
        },
      },
    );
    setHandler(
      cancelUpdate,
      async ({ reason }) => {
        this.progress.cancelReason = reason;
        this.show();
        // Only the server can cancel a workflow; a worker asks it to.
        await CancellationScope.nonCancellable(() => runs.requestCancel());
        return this.progress;
      },
      { validator: (_: { reason: string }) => active() },
    );
    setHandler(
      rerunUpdate,
      ({ stage }) => {
        this.#rerunFrom = stage;
        return this.progress;
      },
      {
        validator: ({ stage }) => {
          active();
          const allowed = this.#options.rerunnable ?? [];
          if (!allowed.includes(stage))
            reject(
              'INVALID_INPUT',
              `"${stage}" is no stage to rerun from; there are: ${allowed.join(', ') || 'none'}.`,
            );
          if (this.#entry(stage).status === 'pending') reject('CONFLICT', `"${stage}" has not been reached yet.`);
        },
      },
    );
  }

  async #end(status: RunStatus, result: object | null): Promise<void> {
    this.#ended = true;
    await this.#record(status, result);
    await condition(allHandlersFinished);
  }

  async #record(status: RunStatus, result: object | null): Promise<void> {
    const { workflowId, runId, startTime } = workflowInfo();
    const { workflowType, input, mediaItemId, keyword } = this.#options;
    await runs.recordRun({
      workflowId,
      runId,
      workflowType,
      mediaItemId: mediaItemId ?? null,
      keyword: keyword ?? null,
      input,
      status,
      progress: this.progress,
      result,
      startedAt: startTime.toISOString(),
      endedAt: status === 'running' ? null : new Date().toISOString(),
    });
  }
}
