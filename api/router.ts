/** Hono with what every router of ours shares: typed variables, and validation errors as problems. */
import { OpenAPIHono } from '@hono/zod-openapi';
import type { Logger } from 'pino';
import { z } from 'zod';
import { problemSchema } from '../contracts/http/common.ts';
import { type ErrorCode, errorEntry } from '../contracts/errors.ts';
import { invalidInput } from './problem.ts';

export type ApiEnv = { Variables: { correlationId: string; log: Logger } };
export type Router = OpenAPIHono<ApiEnv>;

export const createRouter = (): Router =>
  new OpenAPIHono<ApiEnv>({
    defaultHook: (result) => {
      if (!result.success) throw invalidInput(result.error, result.target);
    },
  });

/** A JSON response in a route's description. */
export const answer = <Schema extends z.ZodType>(schema: Schema, description: string) => ({
  description,
  content: { 'application/json': { schema } },
});

/** A required JSON body. */
export const body = <Schema extends z.ZodType>(schema: Schema) => ({
  content: { 'application/json': { schema } },
  required: true,
});

/** Problem responses of a route, one entry a status. */
export function problems(...codes: ErrorCode[]): Record<never, never> {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of codes)
    byStatus.set(errorEntry(code).status, [...(byStatus.get(errorEntry(code).status) ?? []), code]);
  return Object.fromEntries(
    [...byStatus].map(([status, listed]) => [
      status,
      { description: listed.join(', '), content: { 'application/problem+json': { schema: problemSchema } } },
    ]),
  );
}
