/** Keeps what Temporal forgets: a run's start, progress and outcome. */
import { Context } from '@temporalio/activity';
import type { Database } from '../clients/database/client.ts';
import { inputHash } from '../clients/database/starts.ts';
import type { Prisma } from '../clients/database/generated/client.ts';
import { TapeworksError } from '../contracts/errors.ts';
import type { WorkflowType } from '../contracts/names.ts';
import type { MediaKind } from '../contracts/media.ts';
import type { Progress, RunStatus } from '../contracts/runs.ts';

export interface RunRecord {
  workflowId: string;
  runId: string;
  workflowType: WorkflowType;
  mediaItemId: number | null;
  keyword: string | null;
  input: object;
  status: RunStatus;
  progress: Progress;
  result: object | null;
  startedAt: string;
  endedAt: string | null;
}

export const createRunActivities = ({ database }: { database: Database }) => ({
  /** Writes the run's state. Business key: workflow id and run id. An ended run is never set back to running. */
  async recordRun(record: RunRecord): Promise<void> {
    const { workflowId, runId, startedAt, endedAt, input, progress, result, ...rest } = record;
    // Failures of single items are in the progress; the last one is what ended the run.
    const failure = record.status === 'failed' ? progress.failures.at(-1) : undefined;
    const state = {
      ...rest,
      mediaItemId: await existingMedia(database, record.mediaItemId),
      stage: progress.stage,
      progress: json(progress),
      ...(result ? { result: json(result) } : {}),
      ...(failure ? { failure: json(failure) } : {}),
      startedAt: new Date(startedAt),
      endedAt: endedAt ? new Date(endedAt) : null,
    };
    const key = { workflowId, runId };
    const known = await database.run.findUnique({ where: { workflowId_runId: key }, select: { endedAt: true } });
    if (known?.endedAt && !endedAt) return;
    await database.run.upsert({
      where: { workflowId_runId: key },
      create: { ...key, ...state, input: json(input), inputHash: inputHash(input) },
      update: state,
    });
  },

  /** Asks the server to cancel the workflow that this activity belongs to. */
  async requestCancel(): Promise<void> {
    const { client, info } = Context.current();
    const { workflowId = '', runId } = info.workflowExecution ?? {};
    await client.workflow.getHandle(workflowId, runId).cancel();
  },

  /** What earlier runs stored for an item, for a run that starts at a later stage. */
  async earlierResults({ mediaItemId }: { mediaItemId: number }) {
    const item = await database.mediaItem.findUnique({
      where: { id: mediaItemId },
      select: {
        kind: true,
        _count: { select: { cues: true, hits: true, clips: true, concepts: true, frames: true, embeddings: true } },
      },
    });
    if (!item) throw new TapeworksError('NOT_FOUND', `There is no media item ${mediaItemId}.`);
    const strategies = await database.strategy.findMany({
      where: { mediaItemIds: { equals: [mediaItemId] } },
      orderBy: { id: 'desc' },
      distinct: ['keyword'],
      select: { id: true, backend: true },
    });
    const { cues, hits, clips, concepts, frames, embeddings } = item._count;
    return {
      kind: item.kind as MediaKind,
      backends: strategies.map(({ backend }) => backend),
      strategyIds: strategies.map(({ id }) => id).sort((a, b) => a - b),
      counts: { cues, hits, clips, concepts, frames, vectors: embeddings, strategies: strategies.length },
    };
  },
});

const json = (value: object): Prisma.InputJsonValue => JSON.parse(JSON.stringify(value));

/** The item may have been deleted while the run went on; its outcome is kept all the same. */
async function existingMedia(database: Database, id: number | null): Promise<number | null> {
  if (id === null) return null;
  return (await database.mediaItem.count({ where: { id } })) > 0 ? id : null;
}
