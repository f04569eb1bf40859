import { HTTPException } from 'hono/http-exception';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { TapeworksError } from '../contracts/errors.ts';
import { toProblem, toTapeworksError } from './problem.ts';
import { requestHash } from './idempotency.ts';

const context = { instance: '/x', correlationId: 'c' };
const problemFor = (error: unknown) => toProblem(toTapeworksError(error), context);

test('an error of ours keeps its code, remedy and evidence', () => {
  const problem = problemFor(new TapeworksError('CONFLICT', 'Taken.', { videoId: 'a' }));
  expect(problem).toMatchObject({
    type: 'urn:tapeworks:error:CONFLICT',
    title: 'Conflict',
    status: 409,
    detail: 'Taken.',
    details: { videoId: 'a' },
  });
});

test('an unknown error tells nothing of itself', () => {
  const problem = problemFor(new Error('password=secret at /srv/app.ts:3'));
  expect(problem).toMatchObject({ status: 500, code: 'INTERNAL', correlationId: 'c' });
  expect(JSON.stringify(problem)).not.toContain('secret');
});

test('wrong fields are named, unknown ones too', () => {
  const { error } = z.strictObject({ a: z.object({ b: z.int() }) }).safeParse({ a: { b: 'x' }, c: 1 });
  expect(
    problemFor(error)
      .errors?.map(({ field }) => field)
      .sort(),
  ).toEqual(['a.b', 'c']);
});

test.each([
  [400, 'MALFORMED_REQUEST'],
  [413, 'PAYLOAD_TOO_LARGE'],
  [415, 'UNSUPPORTED_MEDIA_TYPE'],
] as const)('HTTP %i of a library becomes %s', (status, code) => {
  expect(problemFor(new HTTPException(status))).toMatchObject({ status, code });
});

test('a full disk and a database that is away are told apart', () => {
  expect(problemFor(Object.assign(new Error('x'), { code: 'ENOSPC' })).code).toBe('DISK_FULL');
  const away = Object.assign(new Error('x'), { name: 'PrismaClientKnownRequestError', code: 'P1001' });
  expect(problemFor(away).code).toBe('DATABASE_UNAVAILABLE');
  const nested = Object.assign(new Error('x'), {
    name: 'PrismaClientKnownRequestError',
    cause: { code: 'ECONNREFUSED' },
  });
  expect(problemFor(nested).code).toBe('DATABASE_UNAVAILABLE');
});

test('the same request in another order of fields is the same; another endpoint is not', () => {
  expect(requestHash('POST', '/a', { x: 1, y: [2] })).toBe(requestHash('POST', '/a', { y: [2], x: 1 }));
  expect(requestHash('POST', '/a', {})).not.toBe(requestHash('POST', '/b', {}));
});
