/** Runs that ended without writing it down: terminated, timed out, or forgotten by Temporal. What Temporal says is written down for them. */
import { type Client, type WorkflowExecutionDescription, WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { Database } from '../../clients/database/client.ts';
import type { Prisma } from '../../clients/database/generated/client.ts';
import { errorEntry, isErrorCode } from '../../contracts/errors.ts';
import type { Failure, RunStatus } from '../../contracts/runs.ts';
import { asking, describeRun } from './temporal.ts';

type Row = { id: number; workflowId: string; runId: string; status: string; stage: string | null };
type Outcome = { status: RunStatus; failure: Failure | null; result?: unknown };

const START_AGAIN = 'Start it again, or rerun it from the stage it had reached.';

/** Writes down how the run ended; does nothing while it runs or when it has written that down itself meanwhile. */
export async function reconcile(
  database: Database,
  temporal: Client,
  row: Row,
  description: WorkflowExecutionDescription | null,
): Promise<void> {
  const outcome = description ? await outcomeOf(temporal, row, description) : forgotten(row);
  if (!outcome) return;
  await database.run.updateMany({
    where: { id: row.id, status: 'running' },
    data: {
      status: outcome.status,
      endedAt: description?.closeTime ?? new Date(),
      ...(outcome.failure ? { failure: outcome.failure } : {}),
      ...(outcome.result === undefined ? {} : { result: outcome.result as Prisma.InputJsonValue }),
    },
  });
}

/** Looks after runs that are "running" for longer than `olderThanMs`; returns how many it looked at. */
export async function reconcileRunning(
  database: Database,
  temporal: Client,
  olderThanMs: number,
  limit = 50,
): Promise<number> {
  const rows = await database.run.findMany({
    where: { status: 'running', startedAt: { lt: new Date(Date.now() - olderThanMs) } },
    orderBy: { startedAt: 'asc' },
    take: limit,
  });
  for (const row of rows)
    await reconcile(database, temporal, row, await describeRun(temporal, row.workflowId, row.runId));
  return rows.length;
}

async function outcomeOf(
  temporal: Client,
  row: Row,
  { status }: WorkflowExecutionDescription,
): Promise<Outcome | null> {
  switch (status.name) {
    case 'COMPLETED':
      return { status: 'completed', failure: null, result: await resultOf(temporal, row) };
    case 'CANCELLED':
      return { status: 'cancelled', failure: null };
    case 'CONTINUED_AS_NEW':
      return { status: 'continued', failure: null };
    case 'TERMINATED':
      return { status: 'terminated', failure: failure(row, 'TERMINATED', 'The run was terminated.', START_AGAIN) };
    case 'TIMED_OUT':
      return { status: 'failed', failure: failure(row, 'TIMEOUT', 'The run took longer than it may.', START_AGAIN) };
    case 'FAILED':
      return { status: 'failed', failure: await failureOf(temporal, row) };
    default:
      return null;
  }
}

const forgotten = (row: Row): Outcome => ({
  status: 'terminated',
  failure: failure(row, 'TERMINATED', 'Temporal does not know this run any more.', START_AGAIN),
});

const resultOf = (temporal: Client, { workflowId, runId }: Row): Promise<unknown> =>
  asking(temporal, `workflow ${workflowId}`, () =>
    temporal.workflow.getHandle(workflowId, runId, { followRuns: false }).result(),
  );

async function failureOf(temporal: Client, row: Row): Promise<Failure> {
  try {
    await resultOf(temporal, row);
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    const { code, message } = reasonOf(error);
    return failure(row, code, message, errorEntry(isErrorCode(code) ? code : 'INTERNAL').remedy);
  }
  return failure(row, 'INTERNAL', 'The run failed without saying why.', errorEntry('INTERNAL').remedy);
}

/** Why a workflow failed: the code and message of the first failure of ours along its causes. */
export function reasonOf(error: WorkflowFailedError): { code: string; message: string } {
  let cause: unknown = error;
  while (cause instanceof Error && !(cause instanceof ApplicationFailure) && cause.cause) cause = cause.cause;
  const code = cause instanceof ApplicationFailure && cause.type ? cause.type : 'INTERNAL';
  return { code, message: cause instanceof Error ? cause.message : error.message };
}

const failure = ({ stage }: Row, code: string, message: string, remedy: string): Failure => ({
  code,
  message,
  remedy,
  stage,
});
