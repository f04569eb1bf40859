/** The end of a run, waited for within bounds: for the endpoints that answer 200 with a result. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, WorkflowFailedError } from '@temporalio/client';
import { isErrorCode, TapeworksError } from '../../contracts/errors.ts';
import { fromTemporal } from '../../clients/temporal/errors.ts';
import { reasonOf } from './outcome.ts';

/** Past this a request is not held: it answers 202 with the run. */
const WAIT_MS = 30_000;

/** The run's result; null when it is still under way after 30 s, or when the process is to end. Throws the run's own failure by its code. */
export async function resultWithin(
  temporal: Client,
  { workflowId, runId }: { workflowId: string; runId: string },
  closing: AbortSignal,
): Promise<{ result: unknown } | null> {
  const waited = new AbortController();
  const late = sleep(WAIT_MS, null, { signal: AbortSignal.any([closing, waited.signal]), ref: false }).catch(
    () => null,
  );
  const ended = temporal.workflow
    .getHandle(workflowId, runId)
    .result()
    .then((result: unknown) => ({ result }));
  // Where the wait ends first, nobody asks for it any more.
  ended.catch(() => {});
  try {
    return await Promise.race([ended, late]);
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw fromTemporal(error, `workflow ${workflowId}`);
    const { code, message } = reasonOf(error);
    throw new TapeworksError(isErrorCode(code) ? code : 'INTERNAL', message, { workflowId, runId }, { cause: error });
  } finally {
    waited.abort();
  }
}
