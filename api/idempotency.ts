/**
 * Idempotency-Key: the first answer to a key is kept for a day and given again; the same key with another request is refused.
 * Answers that are our fault (5xx) are not kept, so that the request can be sent again.
 */
import type { Context } from 'hono';
import type { z } from 'zod';
import type { Database } from '../clients/database/client.ts';
import { isWriteRace } from '../clients/database/errors.ts';
import type { Prisma } from '../clients/database/generated/client.ts';
import { type ErrorCode, errorEntry, isErrorCode, TapeworksError } from '../contracts/errors.ts';
import { hashJson } from '../domain/hash.ts';
import { toTapeworksError } from './problem.ts';

const KEY = /^[\x21-\x7e]{1,200}$/;
/** A request that has not answered for so long has died with its process. */
const ABANDONED_MS = 120_000;
export const KEPT_MS = 24 * 3_600_000;

export interface Answer<Body, Status extends number> {
  status: Status;
  body: Body;
}
type Stored = { body: unknown } | { error: { code: ErrorCode; message: string; details: Record<string, unknown> } };

/** Same endpoint and same payload, whatever the order of its fields, are the same request. */
export const requestHash = (method: string, path: string, payload: unknown): string =>
  hashJson({ method, path, payload });

/** Does `work` once a key. `payload` is what the request asked for; `schema` reads a kept answer back. */
export async function answerOnce<Body extends object, Status extends number>(
  c: Context,
  database: Database,
  { payload, schema, work }: { payload: unknown; schema: z.ZodType<Body>; work: () => Promise<Answer<Body, Status>> },
): Promise<Answer<Body, Status>> {
  const key = c.req.header('idempotency-key');
  if (key === undefined) return await work();
  if (!KEY.test(key)) throw new TapeworksError('INVALID_INPUT', 'Idempotency-Key: 1 to 200 visible ASCII characters.');
  const hash = requestHash(c.req.method, c.req.path, payload);
  const kept = await reserve(database, key, hash);
  if (kept) {
    c.header('Idempotency-Replayed', 'true');
    return replay(kept, schema);
  }
  try {
    const answer = await work();
    await keep(database, key, answer.status, { body: answer.body });
    return answer;
  } catch (error) {
    const { code, message, details } = toTapeworksError(error);
    const { status } = errorEntry(code);
    if (status >= 500) await database.idempotencyKey.deleteMany({ where: { key, status: null } });
    else await keep(database, key, status, { error: { code, message, details } });
    throw error;
  }
}

/** Removes keys older than a day; returns how many. */
export async function forgetKeys(database: Database): Promise<number> {
  const { count } = await database.idempotencyKey.deleteMany({
    where: { createdAt: { lt: new Date(Date.now() - KEPT_MS) } },
  });
  return count;
}

/** The kept answer, or null when the key is ours now. */
async function reserve(database: Database, key: string, requestHash: string) {
  try {
    await database.idempotencyKey.create({ data: { key, requestHash } });
    return null;
  } catch (error) {
    if (!isWriteRace(error)) throw error;
  }
  const known = await database.idempotencyKey.findUnique({ where: { key } });
  if (known && known.requestHash !== requestHash)
    throw new TapeworksError('IDEMPOTENCY_CONFLICT', 'This Idempotency-Key came with another request before.');
  if (known && known.status !== null) return known;
  const { count } = await database.idempotencyKey.updateMany({
    where: { key, status: null, createdAt: { lt: new Date(Date.now() - ABANDONED_MS) } },
    data: { createdAt: new Date() },
  });
  if (count === 1) return null;
  throw new TapeworksError('CONFLICT', 'The first request with this Idempotency-Key is still being answered.');
}

const keep = (database: Database, key: string, status: number, stored: Stored) =>
  database.idempotencyKey.update({
    where: { key },
    data: { status, response: JSON.parse(JSON.stringify(stored)) as Prisma.InputJsonObject },
  });

function replay<Body, Status extends number>(
  { status, response }: { status: number | null; response: unknown },
  schema: z.ZodType<Body>,
): Answer<Body, Status> {
  const stored = response as Stored;
  if ('body' in stored) return { status: status as Status, body: schema.parse(stored.body) };
  const { code, message, details } = stored.error;
  throw new TapeworksError(isErrorCode(code) ? code : 'INTERNAL', message, details);
}
