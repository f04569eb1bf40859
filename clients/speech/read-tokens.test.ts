import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { readTokens } from './read-tokens.ts';

const END = 100;
const FIRST = 110;
const at = (ms: number) => FIRST + ms / 20;
const read = (tokens: number[], durationMs = 30_000) =>
  readTokens({ tokens, firstTimestamp: FIRST, endOfText: END, durationMs, decode: (words) => words.join(' ') });

describe('readTokens', () => {
  it('reads segments between timestamps', () => {
    expect(read([at(0), 1, 2, at(1_000), at(2_000), 3, at(2_500), END])).toEqual({
      segments: [
        { startMs: 0, endMs: 1_000, text: '1 2' },
        { startMs: 2_000, endMs: 2_500, text: '3' },
      ],
      resumeMs: null,
    });
  });

  it('lets a segment without an end last to the end of the sound', () => {
    expect(read([at(400), 1, END], 5_000).segments).toEqual([{ startMs: 400, endMs: 5_000, text: '1' }]);
  });

  it('asks again from the last whole segment where the model ran out of room', () => {
    expect(read([at(0), 1, at(3_000), at(3_000), 2])).toEqual({
      segments: [{ startMs: 0, endMs: 3_000, text: '1' }],
      resumeMs: 3_000,
    });
    expect(read([at(0), 1, 2], 5_000)).toEqual({
      segments: [{ startMs: 0, endMs: 5_000, text: '1 2' }],
      resumeMs: null,
    });
  });

  it('leaves out what cannot be stored', () => {
    const decode = () => ' buy\u0000 low\n\uFFFD';
    const reading = { tokens: [at(0), 1, END], firstTimestamp: FIRST, endOfText: END, durationMs: 1_000, decode };
    expect(readTokens(reading).segments).toEqual([{ startMs: 0, endMs: 1_000, text: 'buy low' }]);
  });

  test('whatever a model says, times lie in the sound and it comes to an end', () => {
    const token = fc.oneof(
      fc.integer({ min: 0, max: 99 }),
      fc.integer({ min: FIRST, max: FIRST + 1_500 }),
      fc.constant(END),
    );
    fc.assert(
      fc.property(fc.array(token), fc.integer({ min: 1, max: 30_000 }), (tokens, durationMs) => {
        const { segments, resumeMs } = read(tokens, durationMs);
        for (const { startMs, endMs, text } of segments) {
          expect(text).not.toBe('');
          expect(0 <= startMs && startMs <= endMs && endMs <= durationMs).toBe(true);
        }
        if (resumeMs !== null) expect(resumeMs).toBeLessThan(durationMs);
      }),
    );
  });
});
