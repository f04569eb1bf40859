/** Whisper's answer as tokens to segments with times. */
import type { SpeechSegment } from './types.ts';

/** One timestamp token stands for this much more than the one before it. */
const TIMESTAMP_MS = 20;

export type TokenReading = {
  /** What the model said after its prompt. */
  tokens: number[];
  /** Id of `<|0.00|>`. */
  firstTimestamp: number;
  endOfText: number;
  /** Length of the sound. */
  durationMs: number;
  /** Text of ordinary tokens. */
  decode: (tokens: number[]) => string;
};

/**
 * Segments in the order they were said, within the sound. `resumeMs` is set where the model ran out of room in the middle: from
 * there it must be asked again; a segment that was not finished is then left out. Otherwise an unfinished segment lasts to the end.
 */
export function readTokens(reading: TokenReading): { segments: SpeechSegment[]; resumeMs: number | null } {
  const { tokens, firstTimestamp, endOfText, durationMs, decode } = reading;
  const segments: SpeechSegment[] = [];
  let startMs = 0;
  let words: number[] = [];
  const finish = (endMs: number) => {
    const text = printable(decode(words));
    const from = Math.min(startMs, durationMs);
    if (text !== '') segments.push({ startMs: from, endMs: Math.min(Math.max(endMs, from), durationMs), text });
    words = [];
  };
  for (const token of tokens) {
    if (token === endOfText) break;
    if (token >= firstTimestamp) {
      const atMs = (token - firstTimestamp) * TIMESTAMP_MS;
      if (words.length > 0) finish(atMs);
      startMs = atMs;
    } else if (token < endOfText) {
      words.push(token);
    }
  }
  if (tokens.includes(endOfText)) {
    if (words.length > 0) finish(durationMs);
    return { segments, resumeMs: null };
  }
  const resumeMs = segments.at(-1)?.endMs ?? 0;
  if (resumeMs > 0 && resumeMs < durationMs) return { segments, resumeMs };
  if (words.length > 0) finish(durationMs);
  return { segments, resumeMs: null };
}

/** A model may say a control character, which a database refuses, or stop in the middle of a letter. */
const printable = (text: string) =>
  text
    .replaceAll('\uFFFD', '')
    .replaceAll(/[\p{Cc}\s]+/gu, ' ')
    .trim();
