import type { Transcript } from '../../contracts/transcripts.ts';
import { decodeText } from './decode.ts';
import { sniffFormat } from './formats.ts';
import { mendCues } from './mend-cues.ts';
import { broken, excerpt } from './raw-cue.ts';
import { Repairs } from './repairs.ts';

/**
 * Reads a transcript of any known format and charset. Cues come sorted by time with plain text, never empty;
 * `repairs` lists what was mended or left out. Times are whole milliseconds from the file's start.
 * Throws `TRANSCRIPT_BROKEN` naming file, line and what was expected when no cue can be had.
 */
export function readTranscript(bytes: Uint8Array, fileName: string): Transcript {
  const { text, note } = decodeText(bytes);
  if (text.trim() === '') throw broken(fileName, 1, 'the file is empty', 'at least one cue');
  const format = sniffFormat(text, fileName);
  if (!format) {
    const line = text.split('\n', 1_000).findIndex((candidate) => candidate.trim() !== '') + 1;
    const found = excerpt(text.trimStart().split('\n', 1)[0] ?? '');
    throw broken(fileName, line, `found ${found}`, 'SubRip (.srt), WebVTT (.vtt) or Whisper JSON (.json)');
  }
  const repairs = new Repairs();
  if (note) repairs.add(null, note);
  const { language, cues } = format.read({ text, fileName, repairs });
  const mended = mendCues(cues, repairs);
  if (mended.length === 0) throw broken(fileName, cues[0]?.line ?? null, 'no cue has any text', 'text after a time');
  return { format: format.name, language, cues: mended, repairs: repairs.list() };
}
