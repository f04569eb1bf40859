/** Everything thrown becomes a problem of RFC 9457; nothing unknown leaks. */
import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { ZodError, type z } from 'zod';
import { fromDatabase } from '../clients/database/errors.ts';
import { fromTemporal } from '../clients/temporal/errors.ts';
import { type ErrorCode, errorEntry, TapeworksError } from '../contracts/errors.ts';
import type { Problem } from '../contracts/http/common.ts';

const INTERNAL_DETAIL = 'The request could not be answered.';

const ofStatus: Readonly<Record<number, ErrorCode>> = {
  400: 'MALFORMED_REQUEST',
  401: 'UNAUTHORIZED',
  404: 'NOT_FOUND',
  413: 'PAYLOAD_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
};

type Issues = { issues: readonly z.core.$ZodIssue[] };

/** INVALID_INPUT that names each field; `where` is "json", "query", "param" and the like. */
export function invalidInput(error: Issues, where = 'request'): TapeworksError {
  const errors = error.issues.map((issue) => {
    const unknown = issue.code === 'unrecognized_keys' ? issue.keys : [];
    return { field: [...issue.path, ...unknown].map(String).join('.') || where, message: issue.message };
  });
  const named = errors.map(({ field, message }) => `${field}: ${message}`).join('; ');
  return new TapeworksError('INVALID_INPUT', named.slice(0, 1_000), { errors: errors.slice(0, 50) });
}

/** The taxonomy's error for anything a handler threw. */
export function toTapeworksError(error: unknown): TapeworksError {
  if (error instanceof TapeworksError) return error;
  if (error instanceof ZodError) return invalidInput(error);
  if (error instanceof HTTPException) {
    const code = ofStatus[error.status] ?? 'INTERNAL';
    return new TapeworksError(code, error.message || titleOf(code), {}, { cause: error });
  }
  const known = fromTemporal(error, 'such workflow or schedule');
  if (known instanceof TapeworksError) return known;
  if (error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT'))
    return new TapeworksError('DISK_FULL', 'There is no space left to write the file.', {}, { cause: error });
  return fromDatabase(error) ?? new TapeworksError('INTERNAL', INTERNAL_DETAIL, {}, { cause: error });
}

export interface ProblemContext {
  instance: string;
  correlationId: string;
}

/** The problem that a client gets for an error of the taxonomy. */
export function toProblem({ code, message, remedy, details }: TapeworksError, context: ProblemContext): Problem {
  const { errors, ...evidence } = details;
  return {
    type: `urn:tapeworks:error:${code}`,
    title: titleOf(code),
    status: errorEntry(code).status,
    detail: message,
    instance: context.instance,
    code,
    remedy,
    correlationId: context.correlationId,
    ...(Array.isArray(errors) ? { errors } : {}),
    ...(Object.keys(evidence).length > 0 ? { details: evidence } : {}),
  };
}

/** Keeps headers that were set before the error. */
export const problemResponse = (c: Context, problem: Problem, headers: Record<string, string> = {}): Response =>
  c.body(JSON.stringify(problem), problem.status as ContentfulStatusCode, {
    'Content-Type': 'application/problem+json',
    'Cache-Control': 'no-store',
    ...headers,
  });

const titleOf = (code: string) => {
  const words = code.toLowerCase().replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
};
