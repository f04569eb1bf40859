/** Starts a workflow so that the wish and what it is for are written together, or not at all. */
import { isWriteRace } from '../../clients/database/errors.ts';
import { completedRun, inputHash } from '../../clients/database/starts.ts';
import type { Transaction } from '../../clients/database/client.ts';
import { dispatch, requestStart, type StartRequest } from '../../clients/temporal/outbox.ts';
import { TapeworksError } from '../../contracts/errors.ts';
import type { ApiDependencies } from '../deps.ts';
import { activeRunId } from './active.ts';

type StartDependencies = Pick<ApiDependencies, 'database' | 'temporal' | 'log'>;

/** `runId` null: written down, and started as soon as Temporal answers. */
export interface StartOutcome {
  workflowId: string;
  runId: string | null;
  reused: boolean;
}

/** The running run of this id; null when none runs. With `sameInput`, CONFLICT when it runs with other inputs. */
export async function joinRunning(
  deps: StartDependencies,
  { workflowId, input }: Pick<StartRequest, 'workflowId' | 'input'>,
  { sameInput }: { sameInput: boolean },
): Promise<StartOutcome | null> {
  const runId = await activeRunId(deps, workflowId);
  if (runId === null) return null;
  const row = await deps.database.run.findUnique({ where: { workflowId_runId: { workflowId, runId } } });
  if (sameInput && row && row.inputHash !== inputHash(input))
    throw new TapeworksError('CONFLICT', `${workflowId} runs with other inputs.`, { workflowId, runId });
  return { workflowId, runId, reused: true };
}

/** Throws ALREADY_DONE when the newest run of this id completed with the same inputs. */
export async function refuseRepeat(
  { database }: StartDependencies,
  { workflowId, input }: StartRequest,
): Promise<void> {
  const done = await completedRun(database, workflowId, input);
  if (done) {
    throw new TapeworksError('ALREADY_DONE', `${workflowId} has been done with the same inputs.`, {
      workflowId,
      runId: done.runId,
    });
  }
}

/** Writes what `prepare` writes together with the wish to start what it returns, then hands that to Temporal. */
export async function start(
  { database, temporal, log }: StartDependencies,
  prepare: (transaction: Transaction) => Promise<StartRequest>,
): Promise<StartOutcome> {
  const write = () =>
    database.$transaction(async (transaction) => {
      const request = await prepare(transaction);
      const waiting = await transaction.outbox.findFirst({
        where: { workflowId: request.workflowId, dispatchedAt: null, input: { equals: request.input } },
      });
      return { workflowId: request.workflowId, outboxId: waiting?.id ?? (await requestStart(transaction, request)) };
    });
  const { workflowId, outboxId } = await write().catch((error: unknown) => {
    if (isWriteRace(error)) return write();
    throw error;
  });
  try {
    return await dispatch(database, temporal, outboxId);
  } catch (error) {
    if (!(error instanceof TapeworksError && error.code === 'TEMPORAL_UNAVAILABLE')) throw error;
    log.warn({ workflowId, err: error }, 'the start is written down and waits for Temporal');
    return { workflowId, runId: null, reused: false };
  }
}
