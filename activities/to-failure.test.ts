import { ApplicationFailure, CancelledFailure } from '@temporalio/activity';
import { describe, expect, it } from 'vitest';
import { errorEntry, TapeworksError } from '../contracts/errors.ts';
import { toActivityFailure, toTapeworksError } from './to-failure.ts';

const withCode = (code: string, name = 'Error', message = 'it broke') =>
  Object.assign(new Error(message), { name, code });

describe('toTapeworksError', () => {
  it.each([
    [withCode('ENOSPC'), 'DISK_FULL'],
    [withCode('EDQUOT'), 'DISK_FULL'],
    [withCode('P1001', 'PrismaClientInitializationError'), 'DATABASE_UNAVAILABLE'],
    [withCode('P2024', 'PrismaClientKnownRequestError'), 'DATABASE_UNAVAILABLE'],
    [withCode('57P01', 'DriverAdapterError'), 'DATABASE_UNAVAILABLE'],
    [withCode('ECONNREFUSED', 'PrismaClientKnownRequestError'), 'DATABASE_UNAVAILABLE'],
    [withCode('P2003', 'PrismaClientKnownRequestError'), 'NOT_FOUND'],
    [withCode('ECONNREFUSED'), 'INTERNAL'],
    [new Error('x', { cause: withCode('ENOSPC') }), 'DISK_FULL'],
    ['a string', 'INTERNAL'],
  ])('%o is %s', (error, code) => {
    expect(toTapeworksError(error).code).toBe(code);
  });
});

describe('toActivityFailure', () => {
  it('carries code, remedy and evidence', () => {
    const failure = toActivityFailure(new TapeworksError('TRANSCRIPT_BROKEN', 'line 3 has no time', { line: 3 }), 1);
    expect(failure).toMatchObject({
      type: 'TRANSCRIPT_BROKEN',
      nonRetryable: true,
      details: [{ remedy: errorEntry('TRANSCRIPT_BROKEN').remedy, line: 3 }],
    });
  });

  it('gives up what a retry does not help after five attempts, and waits for a component without end', () => {
    const at = (code: 'INTERNAL' | 'QDRANT_UNAVAILABLE', attempt: number) => {
      const failure = toActivityFailure(new TapeworksError(code, 'x'), attempt);
      return failure instanceof ApplicationFailure && failure.nonRetryable;
    };
    expect([at('INTERNAL', 1), at('INTERNAL', 4), at('INTERNAL', 5)]).toEqual([false, false, true]);
    expect(at('QDRANT_UNAVAILABLE', 500)).toBe(false);
  });

  it('waits as long as the limit says', () => {
    const failure = toActivityFailure(new TapeworksError('LLM_RATE_LIMITED', 'x', { retryAfterMs: 4_200 }), 1);
    expect(failure).toMatchObject({ nextRetryDelay: 4_200 });
  });

  it('lets cancellation through, whichever way it comes', () => {
    const cancelled = new CancelledFailure('CANCELLED');
    expect(toActivityFailure(cancelled, 1)).toBe(cancelled);
    expect(toActivityFailure(new TapeworksError('CANCELLED', 'x', {}, { cause: cancelled }), 1)).toBe(cancelled);
    expect(toActivityFailure(Object.assign(new Error('x'), { name: 'AbortError' }), 1)).toBeInstanceOf(
      CancelledFailure,
    );
  });
});
