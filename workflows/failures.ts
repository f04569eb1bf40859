/** What went wrong, as a person reads it: unwraps Temporal's failure chain down to the code and remedy the activity gave. */
import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  ChildWorkflowFailure,
  TerminatedFailure,
  TimeoutFailure,
} from '@temporalio/workflow';
import type { Failure } from '../contracts/runs.ts';

/** Whether this workflow itself is being cancelled; a child that somebody cancelled is a result like any other. */
export const ownCancellation = (): boolean => CancellationScope.current().consideredCancelled;

export function toFailure(error: unknown, stage: string | null): Failure {
  const cause = rootCause(error);
  if (cause instanceof ApplicationFailure) {
    const [detail] = (cause.details ?? []) as Array<{ remedy?: string } | undefined>;
    return { code: cause.type ?? 'INTERNAL', message: cause.message, remedy: detail?.remedy ?? '', stage };
  }
  if (cause instanceof CancelledFailure || cause instanceof TerminatedFailure) {
    return { code: 'CANCELLED', message: 'It was cancelled.', remedy: 'Start or rerun it to go on.', stage };
  }
  if (cause instanceof TimeoutFailure) {
    const remedy =
      'Look whether a worker serves the queue and whether the machine keeps up; then rerun from this stage.';
    return { code: 'TIMEOUT', message: `${cause.message} (${cause.timeoutType})`, remedy, stage };
  }
  const message = cause instanceof Error ? cause.message : String(cause);
  return { code: 'INTERNAL', message, remedy: 'It is a fault of ours; the log of the worker has it.', stage };
}

function rootCause(error: unknown): unknown {
  let cause = error;
  while ((cause instanceof ActivityFailure || cause instanceof ChildWorkflowFailure) && cause.cause)
    cause = cause.cause;
  return cause;
}
