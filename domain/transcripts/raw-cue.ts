import { TapeworksError } from '../../contracts/errors.ts';
import type { Word } from '../../contracts/transcripts.ts';
import type { Repairs } from './repairs.ts';

/** A cue as a reader found it, before times are mended. `text` is plain; `line` counts from 1. */
export type RawCue = {
  line: number | null;
  startMs: number | null;
  endMs: number | null;
  text: string;
  words?: Word[];
};

/**
 * What a reader gets: decoded text with `\n` line ends, the same parsed as JSON (`TRANSCRIPT_BROKEN` when it is none), the name
 * for messages, the media's length where it is known, and the list of repairs.
 */
export type ReaderInput = {
  text: string;
  json: () => unknown;
  fileName: string;
  durationMs: number | null;
  repairs: Repairs;
};
/** `estimatedTimes`: the file has none, they are reckoned from the length of the text. */
export type ReaderOutput = { language: string | null; cues: RawCue[]; estimatedTimes?: boolean };

/** The error of every reader: names the file, the line and what was expected there. */
export function broken(fileName: string, line: number | null, found: string, expected: string): TapeworksError {
  const where = line === null ? fileName : `${fileName}, line ${line}`;
  return new TapeworksError('TRANSCRIPT_BROKEN', `${where}: ${found}; expected ${expected}.`, {
    file: fileName,
    line,
    expected,
  });
}

/** A short, printable piece of a line for messages. */
export function excerpt(line: string): string {
  const clean = line
    .slice(0, 200)
    .replaceAll(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, ' ')
    .trim();
  return clean.length > 60 ? `“${clean.slice(0, 60)}…”` : `“${clean}”`;
}

/** Five hundred hours of speech; more is no transcript, and would only fill the memory. */
const LARGEST_TEXT_CHARS = 25_000_000;

/** Throws `TRANSCRIPT_BROKEN` when there is more text than speech can be. */
export function assertSpeakable(fileName: string, chars: number): void {
  if (chars > LARGEST_TEXT_CHARS)
    throw broken(
      fileName,
      null,
      `${Math.round(chars / 1e6)} million characters of text`,
      'what can be said in 500 hours',
    );
}
