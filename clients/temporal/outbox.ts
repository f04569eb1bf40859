/**
 * Starts written to Postgres and handed to Temporal: `requestStart` writes the wish in the caller's transaction, `dispatch` starts
 * what is waiting. Starting twice is starting once, since workflow ids derive from the business and a running one is joined.
 */
import {
  type Client,
  WorkflowExecutionAlreadyStartedError,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
} from '@temporalio/client';
import { TapeworksError } from '../../contracts/errors.ts';
import { taskQueue, type WorkflowType } from '../../contracts/names.ts';
import type { Database, Transaction } from '../database/client.ts';
import type { Prisma } from '../database/generated/client.ts';
import { inputHash } from '../database/starts.ts';
import { withDeadline } from './connect.ts';
import { fromTemporal } from './errors.ts';

export interface StartRequest {
  workflowType: WorkflowType;
  workflowId: string;
  /** JSON-safe. */
  input: object;
  mediaItemId?: number;
  keyword?: string;
}
export interface Started {
  workflowId: string;
  runId: string;
  /** True when a running workflow of this id was joined. */
  reused: boolean;
}

/** Writes the wish to start; returns the outbox row's id. */
export async function requestStart(transaction: Database | Transaction, request: StartRequest): Promise<number> {
  const { input, ...rest } = request;
  const row = await transaction.outbox.create({ data: { ...rest, input: input as Prisma.InputJsonObject } });
  return row.id;
}

/** Hands one row to Temporal now. Throws the taxonomy's error when Temporal is away; the row then waits for `dispatchWaiting`. */
export async function dispatch(database: Database, temporal: Client, outboxId: number): Promise<Started> {
  const row = await database.outbox.findUniqueOrThrow({ where: { id: outboxId } });
  if (row.runId) return { workflowId: row.workflowId, runId: row.runId, reused: true };
  try {
    const started = await start(temporal, row);
    await database.$transaction([
      database.outbox.update({ where: { id: outboxId }, data: { runId: started.runId, dispatchedAt: new Date() } }),
      database.run.upsert({
        where: { workflowId_runId: { workflowId: row.workflowId, runId: started.runId } },
        create: {
          workflowId: row.workflowId,
          runId: started.runId,
          workflowType: row.workflowType,
          mediaItemId: row.mediaItemId,
          keyword: row.keyword,
          status: 'running',
          input: row.input as Prisma.InputJsonObject,
          inputHash: inputHash(row.input as object),
          startedAt: new Date(),
        },
        update: {},
      }),
    ]);
    return started;
  } catch (error) {
    const known = fromTemporal(error, `workflow ${row.workflowId}`);
    const message = known instanceof Error ? known.message : String(known);
    await database.outbox.update({ where: { id: outboxId }, data: { attempts: { increment: 1 }, lastError: message } });
    throw known;
  }
}

/** Starts what an earlier process wrote and did not get to. Returns how many; one that is refused does not hold up the rest. */
export async function dispatchWaiting(database: Database, temporal: Client, olderThanMs = 10_000): Promise<number> {
  const rows = await database.outbox.findMany({
    where: { dispatchedAt: null, createdAt: { lt: new Date(Date.now() - olderThanMs) } },
    orderBy: { id: 'asc' },
    take: 100,
    select: { id: true },
  });
  let dispatched = 0;
  for (const { id } of rows) {
    try {
      await dispatch(database, temporal, id);
      dispatched += 1;
    } catch (error) {
      // Its reason is in the row. With Temporal away the others fail alike, and the next round takes them up.
      if (!(error instanceof TapeworksError) || error.code === 'TEMPORAL_UNAVAILABLE') throw error;
    }
  }
  return dispatched;
}

async function start(
  temporal: Client,
  { workflowType, workflowId, input }: { workflowType: string; workflowId: string; input: unknown },
): Promise<Started> {
  const running = await runningRunId(temporal, workflowId);
  try {
    const handle = await withDeadline(temporal, () =>
      temporal.workflow.start(workflowType, {
        workflowId,
        taskQueue: taskQueue('workflow'),
        args: [input],
        workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
        workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
        staticSummary: `${workflowType} ${workflowId}`,
      }),
    );
    return { workflowId, runId: handle.firstExecutionRunId, reused: handle.firstExecutionRunId === running };
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError && running)
      return { workflowId, runId: running, reused: true };
    throw error;
  }
}

async function runningRunId(temporal: Client, workflowId: string): Promise<string | null> {
  try {
    const { status, runId } = await withDeadline(temporal, () => temporal.workflow.getHandle(workflowId).describe());
    return status.name === 'RUNNING' ? runId : null;
  } catch (error) {
    const known = fromTemporal(error, workflowId);
    if (known instanceof Error && 'code' in known && known.code === 'NOT_FOUND') return null;
    throw known;
  }
}
