/** Questions to Temporal that several routes ask. Errors are the taxonomy's. */
import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import { withDeadline } from '../../clients/temporal/connect.ts';
import { fromTemporal } from '../../clients/temporal/errors.ts';
import { TapeworksError } from '../../contracts/errors.ts';

/** Below the client's own limit, so that an answer is out within 6 s. */
const DEADLINE_MS = 4_000;

/** Runs calls under a deadline. `what` names the thing asked for; `kind` "ask": a worker has to answer. */
export async function asking<Result>(
  temporal: Client,
  what: string,
  call: () => Promise<Result>,
  kind: 'start' | 'ask' = 'start',
): Promise<Result> {
  try {
    return await withDeadline(temporal, call, DEADLINE_MS);
  } catch (error) {
    throw fromTemporal(error, what, kind);
  }
}

/** Throws TEMPORAL_UNAVAILABLE before anything is written that could not be started. */
export async function requireTemporal(temporal: Client): Promise<void> {
  await asking(temporal, 'Temporal server', () => temporal.workflowService.getSystemInfo({}));
}

/** The execution as Temporal knows it; null where it knows none. */
export async function describeRun(
  temporal: Client,
  workflowId: string,
  runId?: string,
): Promise<WorkflowExecutionDescription | null> {
  try {
    return await asking(temporal, `workflow ${workflowId}`, () => temporal.workflow.getHandle(workflowId, runId).describe());
  } catch (error) {
    if (error instanceof TapeworksError && error.code === 'NOT_FOUND') return null;
    throw error;
  }
}

/** Run id of the workflow's running execution; null when none runs. */
export async function runningRunId(temporal: Client, workflowId: string): Promise<string | null> {
  const description = await describeRun(temporal, workflowId);
  return description?.status.name === 'RUNNING' ? description.runId : null;
}
