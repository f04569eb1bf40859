/** How every client reports that its caller gave up. */
import { TapeworksError } from '../contracts/errors.ts';

/** The error of an aborted call; the signal's reason is kept as its cause. */
export function cancelledError(what: string, signal: AbortSignal): TapeworksError {
  return new TapeworksError('CANCELLED', `${what} was cancelled.`, {}, { cause: signal.reason });
}

/** Throws `CANCELLED` when the signal has fired. */
export function throwIfCancelled(what: string, signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw cancelledError(what, signal);
}
