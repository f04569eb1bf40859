/** Who may call: the API key where one is configured, and pages of known origins. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { cors } from 'hono/cors';
import { createMiddleware } from 'hono/factory';
import { TapeworksError } from '../../contracts/errors.ts';

const digest = (text: string) => createHash('sha256').update(text).digest();

/** Open to all: whether it lives, and what it is; no data. */
const OPEN = /^\/(health(\/|$)|docs(\/|$)|openapi\.json$|$)/;

/** "Authorization: Bearer KEY" on everything else. Hashes are compared, so neither length nor content shows in the time taken. */
export function authenticate(key: string | undefined) {
  const expected = key === undefined ? null : digest(key);
  return createMiddleware(async (c, next) => {
    if (expected && !OPEN.test(c.req.path)) {
      const given = /^Bearer +(.+)$/i.exec(c.req.header('authorization') ?? '')?.[1] ?? '';
      if (!timingSafeEqual(digest(given), expected)) {
        c.header('WWW-Authenticate', 'Bearer');
        throw new TapeworksError('UNAUTHORIZED', given ? 'The API key is not the right one.' : 'An API key is needed.');
      }
    }
    await next();
  });
}

export const corsFor = (origins: string[]) =>
  cors({
    origin: origins,
    allowMethods: ['GET', 'HEAD', 'POST', 'DELETE'],
    allowHeaders: [
      'Authorization',
      'Content-Type',
      'Idempotency-Key',
      'Last-Event-ID',
      'Prefer',
      'Range',
      'X-Correlation-Id',
    ],
    exposeHeaders: ['Accept-Ranges', 'Content-Range', 'ETag', 'Idempotency-Replayed', 'X-Correlation-Id'],
    maxAge: 600,
  });

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/** A page of another origin can send forms without asking: it may not start or stop anything here unless CORS allows it. */
export const knownOrigin = (origins: string[]) =>
  createMiddleware(async (c, next) => {
    const origin = c.req.header('origin');
    if (origin !== undefined && !SAFE.has(c.req.method) && !origins.includes(origin)) {
      const host = c.req.header('host') ?? new URL(c.req.url).host;
      if (!URL.canParse(origin) || new URL(origin).host !== host)
        throw new TapeworksError('ORIGIN_NOT_ALLOWED', 'Pages of this origin may not call the API.', {
          origin: origin.slice(0, 200),
        });
    }
    await next();
  });
