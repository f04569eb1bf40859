/** Pause, resume, cancel and rerun: updates that the running workflow validates. */
import { TapeworksError } from '../../contracts/errors.ts';
import { MESSAGE_NAMES, WORKFLOW_TYPES, type WorkflowType } from '../../contracts/names.ts';
import type { Stage } from '../../contracts/runs.ts';
import type { ApiDependencies } from '../deps.ts';
import { activeRunId } from './active.ts';
import { start, type StartOutcome } from './start.ts';
import { asking, describeRun } from './temporal.ts';

type SteerDependencies = Pick<ApiDependencies, 'database' | 'temporal' | 'log'>;

const UPDATE_DEADLINE_MS = 5_000;
/** A cancel goes on without the worker's answer. */
const CANCEL_DEADLINE_MS = 2_000;

/** Sends an update to the running run. Throws NOT_FOUND, RUN_NOT_ACTIVE, NO_WORKER, and what the workflow's validator refuses with. */
export async function updateRun(
  deps: SteerDependencies,
  workflowId: string,
  name: Exclude<keyof typeof MESSAGE_NAMES, 'progress'>,
  payload: object = {},
  deadlineMs = UPDATE_DEADLINE_MS,
): Promise<void> {
  const runId = await requireActive(deps, workflowId);
  const handle = deps.temporal.workflow.getHandle(workflowId, runId);
  const what = `workflow ${workflowId}`;
  const send = () => handle.executeUpdate<unknown, [object]>(MESSAGE_NAMES[name], { args: [payload] });
  try {
    await asking(deps.temporal, what, send, 'ask', deadlineMs);
  } catch (error) {
    if (error instanceof TapeworksError && error.code === 'NOT_FOUND') throw ended(workflowId);
    throw error;
  }
}

/** Cancels with or without a worker: the reason is told where one answers, the cancellation stands either way. */
export async function cancelRun(deps: SteerDependencies, workflowId: string, reason: string): Promise<void> {
  try {
    await updateRun(deps, workflowId, 'cancel', { reason }, CANCEL_DEADLINE_MS);
    return;
  } catch (error) {
    if (!(error instanceof TapeworksError && error.code === 'NO_WORKER')) throw error;
    deps.log.warn({ workflowId }, 'cancelled without telling why: no worker answers');
  }
  await asking(deps.temporal, `workflow ${workflowId}`, () => deps.temporal.workflow.getHandle(workflowId).cancel());
}

/** What a run that continued as new had got to is forgotten: a rerun starts at the beginning. */
const FRESH: Record<WorkflowType, object> = {
  processMedia: { fromStage: null },
  processLibrary: { after: null, soFar: { done: 0, skipped: 0, failed: 0 }, failures: [] },
  generateStrategy: {},
  enhanceSignals: { soFar: { rated: 0, offline: 0, backend: 'offline' } },
  batchGenerate: { after: null, soFar: { made: 0, reused: 0, failed: 0 } },
  embedSegments: {},
  reindex: { buildId: null, after: null, soFar: { items: 0, points: 0 } },
};

/** What they work on is gone with its item. */
const OF_MEDIA: ReadonlySet<WorkflowType> = new Set<WorkflowType>(['processMedia', 'embedSegments']);

/** A running run goes back to the stage (null is returned); an ended one is started anew with the same input from there. */
export async function rerun(
  deps: SteerDependencies,
  workflowId: string,
  from: Stage | undefined,
): Promise<StartOutcome | null> {
  if ((await activeRunId(deps, workflowId)) !== null) {
    if (from === undefined)
      throw new TapeworksError('CONFLICT', `${workflowId} is running; name the stage to go back to.`);
    await updateRun(deps, workflowId, 'rerunFrom', { stage: from });
    return null;
  }
  const row = await deps.database.run.findFirst({ where: { workflowId }, orderBy: { startedAt: 'desc' } });
  if (!row) throw new TapeworksError('NOT_FOUND', `There is no run of "${workflowId}" to do again.`);
  const workflowType = row.workflowType as WorkflowType;
  if (!WORKFLOW_TYPES.includes(workflowType))
    throw new TapeworksError('INVALID_INPUT', `${row.workflowType} cannot be rerun.`);
  if (from !== undefined && workflowType !== 'processMedia')
    throw new TapeworksError('INVALID_INPUT', `from: only processMedia has stages to start at, not ${workflowType}.`);
  if (OF_MEDIA.has(workflowType) && row.mediaItemId === null)
    throw new TapeworksError('NOT_FOUND', 'The media item of this run was deleted.');
  const input = {
    ...(row.input as object),
    ...FRESH[workflowType],
    ...(from === undefined ? {} : { fromStage: from }),
  };
  return await start(deps, async () => ({
    workflowType,
    workflowId,
    input,
    ...(row.mediaItemId === null ? {} : { mediaItemId: row.mediaItemId }),
    ...(row.keyword === null ? {} : { keyword: row.keyword }),
  }));
}

async function requireActive(deps: SteerDependencies, workflowId: string): Promise<string> {
  const runId = await activeRunId(deps, workflowId);
  if (runId !== null) return runId;
  const known = (await deps.database.run.count({ where: { workflowId } })) > 0;
  if (known || (await describeRun(deps.temporal, workflowId))) throw ended(workflowId);
  throw new TapeworksError('NOT_FOUND', `There is no run of "${workflowId}".`);
}

const ended = (workflowId: string) => new TapeworksError('RUN_NOT_ACTIVE', `${workflowId} has ended.`);
