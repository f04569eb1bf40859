import type { Transcript } from '../../contracts/transcripts.ts';
import { decodeText } from './decode.ts';
import { EXPECTED, sniffFormat } from './formats.ts';
import { mendCues } from './mend-cues.ts';
import { parseJson } from './parse-json.ts';
import { assertSpeakable, broken, excerpt } from './raw-cue.ts';
import { Repairs } from './repairs.ts';

/** Twelve hours of words with times are 5 MB; a larger file is none, and would only fill the memory. */
export const LARGEST_TRANSCRIPT_BYTES = 64 * 1024 * 1024;

/** The error of a file that is larger than any transcript. */
export function tooLarge(fileName: string, bytes: number) {
  const mib = (value: number) => `${Math.round(value / 1024 / 1024)} MiB`;
  return broken(
    fileName,
    null,
    `the file has ${mib(bytes)}`,
    `a transcript of at most ${mib(LARGEST_TRANSCRIPT_BYTES)}`,
  );
}

/** Calls once, whatever comes of it. */
function once<T>(make: () => T): () => T {
  let made: { value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/**
 * Reads a transcript of any known format and charset. Cues come sorted by time with plain text, never empty;
 * `repairs` lists what was mended or left out. Times are whole milliseconds from the file's start; with the media's `durationMs`
 * plain text without times gets better ones, and seconds are told from milliseconds more surely.
 * Throws `TRANSCRIPT_BROKEN` naming file, line and what was expected when no cue can be had.
 */
export function readTranscript(
  bytes: Uint8Array,
  fileName: string,
  { durationMs = null }: { durationMs?: number | null } = {},
): Transcript {
  if (bytes.length > LARGEST_TRANSCRIPT_BYTES) throw tooLarge(fileName, bytes.length);
  const { text, note } = decodeText(bytes);
  if (text.trim() === '') throw broken(fileName, 1, 'the file is empty', 'at least one cue');
  const json = once(() => parseJson(text, fileName));
  const format = sniffFormat(text, fileName, json);
  if (!format) {
    const line = text.split('\n', 1_000).findIndex((candidate) => candidate.trim() !== '') + 1;
    const found = excerpt(text.trimStart().split('\n', 1)[0] ?? '');
    throw broken(fileName, line, `found ${found}`, EXPECTED);
  }
  const repairs = new Repairs();
  if (note) repairs.add(null, note);
  const { language, cues, estimatedTimes } = format.read({ text, json, fileName, durationMs, repairs });
  assertSpeakable(
    fileName,
    cues.reduce((sum, cue) => sum + cue.text.length, 0),
  );
  const mended = mendCues(cues, repairs);
  if (mended.length === 0) throw broken(fileName, cues[0]?.line ?? null, 'no cue has any text', 'text after a time');
  return {
    format: format.name,
    language,
    cues: mended,
    repairs: repairs.list(),
    ...(estimatedTimes ? { estimatedTimes } : {}),
  };
}
