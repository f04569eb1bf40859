/** A run as it is now: what the running workflow says itself, else what was last written down. */
import type { WorkflowExecutionDescription } from '@temporalio/client';
import type { MediaItem, Outbox, Run } from '../../clients/database/generated/client.ts';
import { TapeworksError } from '../../contracts/errors.ts';
import type { RunDetail, RunSummary } from '../../contracts/http/workflows.ts';
import { MESSAGE_NAMES } from '../../contracts/names.ts';
import { failureSchema, type Progress, progressSchema } from '../../contracts/runs.ts';
import type { ApiDependencies } from '../deps.ts';
import { statusUrl, temporalUrl } from '../links.ts';
import { reconcile } from './outcome.ts';
import { asking, describeRun } from './temporal.ts';
import { workingOn } from './working.ts';

type ReadDependencies = Pick<ApiDependencies, 'config' | 'database' | 'temporal'>;
const QUERY_DEADLINE_MS = 3_000;

export type RunRow = Run & { media: Pick<MediaItem, 'videoId'> | null };
export const withMedia = { media: { select: { videoId: true } } } as const;

/** A row of the table of runs as a list shows it. */
export const summaryOf = (config: ApiDependencies['config'], requestUrl: string, row: RunRow): RunSummary => ({
  workflowId: row.workflowId,
  runId: row.runId,
  workflowType: row.workflowType,
  status: row.status as RunSummary['status'],
  stage: row.stage,
  mediaId: row.mediaItemId,
  videoId: row.media?.videoId ?? null,
  keyword: row.keyword,
  startedAt: row.startedAt.toISOString(),
  endedAt: row.endedAt?.toISOString() ?? null,
  statusUrl: statusUrl(requestUrl, row.workflowId),
  temporalUrl: temporalUrl(config, row.workflowId, row.runId),
});

/** The newest run of the workflow, or the named one. NOT_FOUND when nobody knows it. */
export async function readRun(
  deps: ReadDependencies,
  workflowId: string,
  runId: string | undefined,
  requestUrl: string,
): Promise<RunDetail> {
  const { config, database, temporal } = deps;
  const { description, away } = await describeOrAway(deps, workflowId, runId);
  const wanted = runId ?? description?.runId;
  let row = await findRow(deps, workflowId, wanted);
  const running = description?.status.name === 'RUNNING';
  if (row?.status === 'running' && !running && !away) {
    await reconcile(database, temporal, row, description);
    row = await findRow(deps, workflowId, wanted);
  }
  if (!row && !description) return await readWaiting(deps, workflowId, requestUrl);

  // It has written down its outcome: Temporal closes it in a moment.
  const ending = row !== null && row.status !== 'running';
  const asked =
    running && !ending ? await askProgress(deps, workflowId, description.runId) : { progress: null, note: away };
  const stored = progressSchema.safeParse(row?.progress);
  const summary = row ? summaryOf(config, requestUrl, row) : fromDescription(config, requestUrl, description);
  return detailOf(summary, asked.progress ?? (stored.success ? stored.data : null), {
    live: asked.progress !== null,
    note: asked.note,
    input: asRecord(row?.input),
    failure: row?.failure,
    working: running && !ending ? workingOn(description) : [],
  });
}

async function describeOrAway({ temporal }: ReadDependencies, workflowId: string, runId: string | undefined) {
  try {
    return { description: await describeRun(temporal, workflowId, runId), away: null };
  } catch (error) {
    if (!(error instanceof TapeworksError && error.code === 'TEMPORAL_UNAVAILABLE')) throw error;
    return { description: null, away: `${error.message} ${error.remedy}` };
  }
}

const findRow = ({ database }: ReadDependencies, workflowId: string, runId: string | undefined) =>
  database.run.findFirst({
    where: { workflowId, ...(runId === undefined ? {} : { runId }) },
    orderBy: { startedAt: 'desc' },
    include: withMedia,
  });

async function askProgress({ temporal }: ReadDependencies, workflowId: string, runId: string) {
  try {
    const answer = await asking(
      temporal,
      `workflow ${workflowId}`,
      () => temporal.workflow.getHandle(workflowId, runId).query(MESSAGE_NAMES.progress),
      'ask',
      QUERY_DEADLINE_MS,
    );
    return { progress: progressSchema.parse(answer), note: null };
  } catch (error) {
    if (!(error instanceof TapeworksError)) throw error;
    return { progress: null, note: `${error.message} ${error.remedy}` };
  }
}

async function readWaiting({ config, database }: ReadDependencies, workflowId: string, requestUrl: string) {
  const waiting = await database.outbox.findFirst({
    where: { workflowId, dispatchedAt: null },
    orderBy: { id: 'desc' },
  });
  if (!waiting) throw new TapeworksError('NOT_FOUND', `There is no run of "${workflowId}".`);
  return detailOf(fromOutbox(config, requestUrl, waiting), null, {
    live: false,
    note: waiting.lastError ?? 'It is about to be handed to Temporal.',
    input: asRecord(waiting.input),
    failure: null,
    working: [],
  });
}

const fromOutbox = (config: ApiDependencies['config'], requestUrl: string, row: Outbox): RunSummary => ({
  workflowId: row.workflowId,
  runId: null,
  workflowType: row.workflowType,
  status: 'waiting',
  stage: null,
  mediaId: row.mediaItemId,
  videoId: null,
  keyword: row.keyword,
  startedAt: row.createdAt.toISOString(),
  endedAt: null,
  statusUrl: statusUrl(requestUrl, row.workflowId),
  temporalUrl: temporalUrl(config, row.workflowId, null),
});

const STATUS_OF: Readonly<Record<string, RunSummary['status']>> = {
  RUNNING: 'running',
  COMPLETED: 'completed',
  FAILED: 'failed',
  TIMED_OUT: 'failed',
  CANCELLED: 'cancelled',
  TERMINATED: 'terminated',
  CONTINUED_AS_NEW: 'continued',
};

/** A run that no worker has written down yet: started by a schedule a moment ago. */
function fromDescription(
  config: ApiDependencies['config'],
  requestUrl: string,
  description: WorkflowExecutionDescription | null,
): RunSummary {
  if (!description) throw new TapeworksError('NOT_FOUND', 'There is no such run.');
  const { workflowId, runId, type, status, startTime, closeTime } = description;
  return {
    workflowId,
    runId,
    workflowType: type,
    status: STATUS_OF[status.name] ?? 'running',
    stage: null,
    mediaId: null,
    videoId: null,
    keyword: null,
    startedAt: startTime.toISOString(),
    endedAt: closeTime?.toISOString() ?? null,
    statusUrl: statusUrl(requestUrl, workflowId),
    temporalUrl: temporalUrl(config, workflowId, runId),
  };
}

function detailOf(
  summary: RunSummary,
  progress: Progress | null,
  {
    live,
    note,
    input,
    failure,
    working,
  }: Pick<RunDetail, 'live' | 'note' | 'input' | 'working'> & { failure: unknown },
): RunDetail {
  const stored = failureSchema.safeParse(failure);
  const failures = progress?.failures ?? [];
  return {
    ...summary,
    stage: progress?.stage ?? summary.stage,
    live,
    note,
    working,
    paused: summary.status === 'running' && (progress?.paused ?? false),
    pauseReason: progress?.pauseReason ?? null,
    cancelReason: progress?.cancelReason ?? null,
    stages: progress?.stages ?? [],
    counts: progress?.counts ?? {},
    failures: failures.length === 0 && stored.success ? [stored.data] : failures,
    input,
  };
}

const asRecord = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
