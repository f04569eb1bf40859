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

/** What a reader gets: decoded text with `\n` line ends, the name for messages, and the list of repairs. */
export type ReaderInput = { text: string; fileName: string; repairs: Repairs };
export type ReaderOutput = { language: string | null; cues: RawCue[] };

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
  const clean = line.replaceAll(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, ' ').trim();
  return clean.length > 60 ? `“${clean.slice(0, 60)}…”` : `“${clean}”`;
}
