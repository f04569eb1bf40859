/** The one error classifier: turns whatever an activity throws into a failure with a code, a remedy and whether a retry can help. */
import { ApplicationFailure, CancelledFailure, CompleteAsyncError } from '@temporalio/activity';
import { fromDatabase, isWriteRace } from '../clients/database/errors.ts';
import { type ErrorCode, errorEntry, TapeworksError } from '../contracts/errors.ts';

/** Attempts before an error that a retry might help, but that no component being away explains, is given up. */
const MAX_ATTEMPTS = 5;

/** Components that come back: waited for as long as the activity's schedule-to-close timeout allows. */
const WAITED_FOR: ReadonlySet<ErrorCode> = new Set([
  'DATABASE_UNAVAILABLE',
  'QDRANT_UNAVAILABLE',
  'TEMPORAL_UNAVAILABLE',
  'NOT_SEARCHABLE_YET',
  'LLM_UNAVAILABLE',
  'LLM_RATE_LIMITED',
  'DISK_FULL',
]);

/** The taxonomy's error for anything thrown; the original stays as `cause`. */
export function toTapeworksError(error: unknown): TapeworksError {
  if (error instanceof TapeworksError) return error;
  const message = lastLine(error instanceof Error ? error.message : String(error));
  if (isDiskFull(error)) return new TapeworksError('DISK_FULL', message, {}, { cause: error });
  // Two attempts met at one row: the next one finds it written.
  const known = isWriteRace(error) ? null : fromDatabase(error);
  return known ?? new TapeworksError('INTERNAL', message, {}, { cause: error });
}

/**
 * Failure for Temporal. Cancellation passes through as it is. `attempt` counts from 1.
 * Details: `[{ remedy, ...evidence }]`; the type is the error's code.
 */
export function toActivityFailure(error: unknown, attempt: number): Error {
  if (error instanceof CancelledFailure || error instanceof CompleteAsyncError || error instanceof ApplicationFailure)
    return error;
  if (isAbort(error)) return error.cause instanceof CancelledFailure ? error.cause : new CancelledFailure('CANCELLED');
  const known = toTapeworksError(error);
  const { retryable, remedy } = errorEntry(known.code);
  const retryAfterMs = known.details.retryAfterMs;
  return ApplicationFailure.create({
    type: known.code,
    message: known.message,
    nonRetryable: !retryable || (!WAITED_FOR.has(known.code) && attempt >= MAX_ATTEMPTS),
    details: [{ remedy, ...known.details }],
    cause: known,
    ...(typeof retryAfterMs === 'number' ? { nextRetryDelay: retryAfterMs } : {}),
  });
}

const isAbort = (error: unknown): error is Error =>
  error instanceof Error &&
  (error.name === 'AbortError' ||
    error.name === 'CancelledFailure' ||
    (error instanceof TapeworksError && error.code === 'CANCELLED'));

function isDiskFull(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ('code' in cause && (cause.code === 'ENOSPC' || cause.code === 'EDQUOT')) return true;
  }
  return false;
}

const lastLine = (text: string) => text.trim().split('\n').filter(Boolean).at(-1)?.slice(0, 500) ?? 'unknown error';
