/** The one error classifier: turns whatever an activity throws into a failure with a code, a remedy and whether a retry can help. */
import { ApplicationFailure, CancelledFailure, CompleteAsyncError } from '@temporalio/activity';
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
  const code = codeOf(error);
  const message = error instanceof Error ? error.message : String(error);
  return new TapeworksError(code, firstLine(message), {}, { cause: error });
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

function codeOf(error: unknown): ErrorCode {
  const codes = [...errorCodes(error)];
  if (codes.some((code) => code === 'ENOSPC' || code === 'EDQUOT')) return 'DISK_FULL';
  // Prisma: P1xxx is the connection, P2024 the pool's timeout; the driver adapter hands on the socket's and PostgreSQL's own codes.
  if (codes.some((code) => /^P1\d{3}$|^P2024$|^(57P0[1-3]|08\d{3}|53300)$/.test(code))) return 'DATABASE_UNAVAILABLE';
  if (
    isPrisma(error) &&
    codes.some((code) => /^E(CONNREFUSED|CONNRESET|PIPE|TIMEDOUT|HOSTUNREACH|NOTFOUND)$/.test(code))
  )
    return 'DATABASE_UNAVAILABLE';
  if (
    isPrisma(error) &&
    error instanceof Error &&
    /connection|terminat|timeout exceeded when trying to connect/i.test(error.message)
  )
    return 'DATABASE_UNAVAILABLE';
  // A row that this one refers to is gone: the media item was deleted meanwhile.
  if (codes.includes('P2003') || codes.includes('P2025')) return 'NOT_FOUND';
  return 'INTERNAL';
}

/** The `code` of an error and of all its causes. */
function* errorCodes(error: unknown, depth = 0): Generator<string> {
  if (typeof error !== 'object' || error === null || depth > 6) return;
  for (const [key, value] of Object.entries(error)) {
    if ((key === 'code' || key === 'originalCode') && typeof value === 'string') yield value;
    if (key === 'meta' || key === 'driverAdapterError') yield* errorCodes(value, depth + 1);
  }
  if ('cause' in error) yield* errorCodes(error.cause, depth + 1);
}

const isPrisma = (error: unknown) => error instanceof Error && /^(PrismaClient|DriverAdapterError)/.test(error.name);
const firstLine = (text: string) => text.trim().split('\n').filter(Boolean).at(-1)?.slice(0, 500) ?? 'unknown error';
