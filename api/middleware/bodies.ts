/** What is refused of any request before a route sees it: bodies too large or no JSON, text that PostgreSQL cannot hold. */
import { bodyLimit } from 'hono/body-limit';
import { createMiddleware } from 'hono/factory';
import { TapeworksError } from '../../contracts/errors.ts';

const JSON_LIMIT_BYTES = 1024 * 1024;
const MULTIPART = /^multipart\/form-data/i;

const limited = bodyLimit({
  maxSize: JSON_LIMIT_BYTES,
  onError: () => {
    throw new TapeworksError('PAYLOAD_TOO_LARGE', 'A body of JSON may have at most 1 MiB.', {
      limitBytes: JSON_LIMIT_BYTES,
    });
  },
});

/** Uploads pass: they are streamed and have a limit of their own. */
export const jsonLimit = createMiddleware((c, next) =>
  MULTIPART.test(c.req.header('content-type') ?? '') ? next() : limited(c, next),
);

/** PostgreSQL's text holds no NUL, and its JSON no half of a surrogate pair. */
export const storable = createMiddleware(async (c, next) => {
  if (/%00/.test(c.req.url)) throw notStorable('url');
  const mayHaveBody = c.req.method !== 'GET' && c.req.method !== 'HEAD';
  if (mayHaveBody && /^application\/([a-z.-]+\+)?json/i.test(c.req.header('content-type') ?? '')) {
    const text = await c.req.text();
    try {
      JSON.parse(text, (key, value) => {
        if (unfit(key) || (typeof value === 'string' && unfit(value))) throw notStorable(key.replaceAll('\0', ''));
        return value;
      });
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      throw new TapeworksError(
        'MALFORMED_REQUEST',
        `The body is no JSON: ${error.message.slice(0, 200)}`,
        {},
        { cause: error },
      );
    }
  }
  await next();
});

export const unfit = (text: string) => text.includes('\0') || /\p{Surrogate}/u.test(text);
const notStorable = (field: string) =>
  new TapeworksError('INVALID_INPUT', `${field}: holds a NUL or half a surrogate pair.`, {
    errors: [{ field, message: 'holds a NUL or half a surrogate pair' }],
  });
