/** A correlation id for each request: taken over when the caller sends a sane one, on the response, on every log line, in every problem. */
import { randomUUID } from 'node:crypto';
import { createMiddleware } from 'hono/factory';
import type { Logger } from 'pino';
import type { ApiEnv } from '../router.ts';

const SANE = /^[A-Za-z0-9._:-]{1,100}$/;

/** Also writes the access log: method, path without query, status, milliseconds. */
export const correlation = (log: Logger) =>
  createMiddleware<ApiEnv>(async (c, next) => {
    const given = c.req.header('x-correlation-id') ?? c.req.header('x-request-id') ?? '';
    const correlationId = SANE.test(given) ? given : randomUUID();
    const child = log.child({ correlationId });
    c.set('correlationId', correlationId);
    c.set('log', child);
    const startedAt = performance.now();
    await next();
    c.header('X-Correlation-Id', correlationId);
    const quiet = c.req.path.startsWith('/health/') && c.res.status < 400;
    child[quiet ? 'debug' : 'info'](
      { method: c.req.method, path: c.req.path, status: c.res.status, ms: Math.round(performance.now() - startedAt) },
      'request',
    );
  });
