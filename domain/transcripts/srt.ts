import { shownLines } from './inline-times.ts';
import { broken, excerpt, type ReaderInput, type ReaderOutput } from './raw-cue.ts';
import { unrollCaptions } from './rolling-captions.ts';
import { readBlocks } from './timed-blocks.ts';

/** Reads SubRip. Points for commas, missing numbers and blank lines inside a text are taken as they come. */
export function readSrt({ text, fileName, repairs }: ReaderInput): ReaderOutput {
  const lines = text.split('\n');
  const blocks = readBlocks(lines, 0, repairs);
  if (blocks.length === 0) {
    const first = lines.findIndex((line) => line.trim() !== '');
    const line = lines.findIndex((candidate) => candidate.includes('-->'));
    const at = line < 0 ? first : line;
    throw broken(fileName, at + 1, `found ${excerpt(lines[at] ?? '')}`, 'a line like 00:00:01,000 --> 00:00:04,000');
  }
  return {
    language: null,
    cues: unrollCaptions(
      blocks.map((block) => shownLines(block, false)),
      repairs,
    ),
  };
}
