/** Temporal's own errors as codes of the taxonomy. */
import {
  isGrpcServiceError,
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { isErrorCode, TapeworksError } from '../../contracts/errors.ts';

/** gRPC status codes: https://grpc.io/docs/guides/status-codes/ */
const GRPC = {
  cancelled: 1,
  deadlineExceeded: 4,
  notFound: 5,
  alreadyExists: 6,
  failedPrecondition: 9,
  unavailable: 14,
};

/**
 * `what` names the thing asked for. A query or update that times out although the server answers means that no worker serves the
 * workflow's queue.
 */
export function fromTemporal(error: unknown, what: string, kind: 'start' | 'ask' = 'start'): unknown {
  if (error instanceof WorkflowNotFoundError || error instanceof ScheduleNotFoundError)
    return new TapeworksError('NOT_FOUND', `There is no ${what}.`);
  if (error instanceof ScheduleAlreadyRunning) return new TapeworksError('CONFLICT', `${what} exists already.`);
  if (error instanceof WorkflowUpdateFailedError) {
    const cause = error.cause;
    if (cause instanceof ApplicationFailure && isErrorCode(cause.type))
      return new TapeworksError(cause.type, cause.message);
    return new TapeworksError('CONFLICT', cause?.message ?? error.message);
  }
  const status = grpcStatus(error);
  if (status === GRPC.notFound) return new TapeworksError('NOT_FOUND', `There is no ${what}.`);
  if (status === GRPC.alreadyExists) return new TapeworksError('CONFLICT', `${what} exists already.`);
  // A call that ends at our own deadline comes back as either.
  const late = status === GRPC.deadlineExceeded || status === GRPC.cancelled;
  if (late && kind === 'ask') {
    return new TapeworksError('NO_WORKER', `No worker answered for ${what} in time.`, {}, { cause: error });
  }
  if (late || status === GRPC.unavailable) {
    return new TapeworksError('TEMPORAL_UNAVAILABLE', 'The Temporal server does not answer.', {}, { cause: error });
  }
  return error;
}

function grpcStatus(error: unknown): number | null {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth += 1) {
    if (isGrpcServiceError(cause)) return cause.code;
  }
  return null;
}
