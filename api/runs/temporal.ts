/** Questions to Temporal that several routes ask. Errors are the taxonomy's. */
import { type Client, isGrpcServiceError, type WorkflowExecutionDescription } from '@temporalio/client';
import { withDeadline } from '../../clients/temporal/connect.ts';
import { fromTemporal } from '../../clients/temporal/errors.ts';
import { TapeworksError } from '../../contracts/errors.ts';

/** Below the client's own limit, so that an answer is out within 6 s. */
const DEADLINE_MS = 4_000;
/** gRPC's code for a call that ended at its deadline on our side, before the server said so. */
const CALL_CANCELLED = 1;

/** Runs calls under a deadline. `what` names the thing asked for; `kind` "ask": a worker has to answer. */
export async function asking<Result>(
  temporal: Client,
  what: string,
  call: () => Promise<Result>,
  kind: 'start' | 'ask' = 'start',
  deadlineMs = DEADLINE_MS,
): Promise<Result> {
  try {
    return await withDeadline(temporal, call, deadlineMs);
  } catch (error) {
    if (!endedAtDeadline(error)) throw fromTemporal(error, what, kind);
    if (kind === 'ask')
      throw new TapeworksError('NO_WORKER', `No worker answered for ${what} in time.`, {}, { cause: error });
    throw new TapeworksError('TEMPORAL_UNAVAILABLE', 'The Temporal server does not answer.', {}, { cause: error });
  }
}

function endedAtDeadline(error: unknown): boolean {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth += 1)
    if (isGrpcServiceError(cause)) return cause.code === CALL_CANCELLED;
  return false;
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
    return await asking(temporal, `workflow ${workflowId}`, () =>
      temporal.workflow.getHandle(workflowId, runId).describe(),
    );
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
