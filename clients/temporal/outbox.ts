/**
 * Starts written to Postgres and handed to Temporal: `requestStart` writes the wish in the caller's transaction, `dispatch` starts
 * what is waiting. Starting twice is starting once, since workflow ids derive from the business and a running one is joined.
 */
import {
  type Client,
  type WorkflowExecutionDescription,
  WorkflowExecutionAlreadyStartedError,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
} from '@temporalio/client';
import { TapeworksError } from '../../contracts/errors.ts';
import { taskQueue, type WorkflowType } from '../../contracts/names.ts';
import type { Database, Transaction } from '../database/client.ts';
import { fromDatabase } from '../database/errors.ts';
import type { Outbox, Prisma } from '../database/generated/client.ts';
import { inputHash } from '../database/starts.ts';
import { withDeadline } from './connect.ts';
import { fromTemporal } from './errors.ts';

/** Memo under which a workflow keeps which outbox row it was started by. */
const WISH = 'outboxId';
/** A wish refused so often is left alone, with its reason in the row. */
const MAX_ATTEMPTS = 20;

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
    await noteStarted(database, row, started.runId);
    return started;
  } catch (error) {
    const known = fromTemporal(error, `workflow ${row.workflowId}`);
    const message = known instanceof Error ? known.message : String(known);
    await database.outbox.update({ where: { id: outboxId }, data: { attempts: { increment: 1 }, lastError: message } });
    throw known;
  }
}

/** The row is done with, and the run is in the table of runs from its first moment. */
async function noteStarted(database: Database, row: Outbox, runId: string): Promise<void> {
  const { workflowId, workflowType, keyword } = row;
  const input = row.input as Prisma.InputJsonObject;
  // The item may have been deleted since the wish was written.
  const media = await database.mediaItem.findFirst({ where: { id: row.mediaItemId ?? 0 }, select: { id: true } });
  const mediaItemId = media?.id ?? null;
  const run = { workflowId, runId, workflowType, keyword, mediaItemId, input, inputHash: inputHash(input) };
  await database.$transaction([
    database.outbox.update({ where: { id: row.id }, data: { runId, dispatchedAt: new Date() } }),
    // The run's own first record may be quicker, and knows more: it stands.
    database.run.createMany({
      data: [{ ...run, status: 'running', startedAt: new Date() }],
      skipDuplicates: true,
    }),
  ]);
}

/** Starts what an earlier process wrote and did not get to. Returns how many; one that fails does not hold up the rest. */
export async function dispatchWaiting(database: Database, temporal: Client, olderThanMs = 10_000): Promise<number> {
  const before = new Date(Date.now() - olderThanMs);
  const rows = await database.outbox.findMany({
    where: { dispatchedAt: null, attempts: { lt: MAX_ATTEMPTS }, createdAt: { lt: before } },
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
      // The reason is in the row. While a component is away the others would fail alike: the next round takes them up.
      const known = error instanceof TapeworksError ? error : fromDatabase(error);
      if (known?.code === 'TEMPORAL_UNAVAILABLE' || known?.code === 'DATABASE_UNAVAILABLE') throw known;
    }
  }
  return dispatched;
}

async function start(temporal: Client, { id, workflowType, workflowId, input }: Outbox): Promise<Started> {
  const present = await describeExecution(temporal, workflowId);
  // An earlier attempt got through, but its answer was lost: the same wish is not fulfilled twice.
  if (present?.memo?.[WISH] === id) return { workflowId, runId: present.runId, reused: false };
  const running = present?.status.name === 'RUNNING' ? present.runId : null;
  try {
    const handle = await withDeadline(temporal, () =>
      temporal.workflow.start(workflowType, {
        workflowId,
        taskQueue: taskQueue('workflow'),
        args: [input],
        memo: { [WISH]: id },
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

async function describeExecution(temporal: Client, workflowId: string): Promise<WorkflowExecutionDescription | null> {
  try {
    return await withDeadline(temporal, () => temporal.workflow.getHandle(workflowId).describe());
  } catch (error) {
    const known = fromTemporal(error, workflowId);
    if (known instanceof TapeworksError && known.code === 'NOT_FOUND') return null;
    throw known;
  }
}
