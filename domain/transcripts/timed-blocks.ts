/** Cue blocks as SRT and WebVTT share them: an optional identifier, a line with an arrow, text up to a blank line. */
import { excerpt } from './raw-cue.ts';
import type { Repairs } from './repairs.ts';
import { parseTiming } from './timing.ts';

/** `payload` are the raw text lines. */
export type Block = { line: number; startMs: number | null; endMs: number | null; payload: string[] };

const isBlank = (line: string) => line.trim() === '';
const isNumber = (line: string) => /^\s*\d{1,9}\s*$/.test(line);

/** The identifier of the following cue, when the blank line before it is missing. */
function endsWithIdentifier(lines: string[], index: number): boolean {
  return isNumber(lines[index] ?? '') && (lines[index + 1] ?? '').includes('-->');
}

/**
 * Reads blocks from `lines[from]` on, in one pass. Text without a time of its own goes to the cue before it;
 * a cue whose both times are unreadable is left out. `skipped` says of a block's first line that it is no cue (NOTE, STYLE).
 */
export function readBlocks(
  lines: string[],
  from: number,
  repairs: Repairs,
  skipped: (line: string) => boolean = () => false,
): Block[] {
  const blocks: Block[] = [];
  let index = from;
  while (index < lines.length) {
    const line = lines[index] ?? '';
    if (isBlank(line)) {
      index++;
      continue;
    }
    const timing = parseTiming(line);
    if (timing) {
      const block: Block = { line: index + 1, ...timing, payload: [] };
      index++;
      while (index < lines.length && !isBlank(lines[index] ?? '')) {
        if ((lines[index] ?? '').includes('-->') || endsWithIdentifier(lines, index)) break;
        block.payload.push(lines[index] ?? '');
        index++;
      }
      if (timing.startMs === null && timing.endMs === null)
        repairs.add(block.line, `left out: no time in ${excerpt(line)}`);
      else blocks.push(block);
      continue;
    }
    if (skipped(line)) {
      while (index < lines.length && !isBlank(lines[index] ?? '')) index++;
      continue;
    }
    if ((lines[index + 1] ?? '').includes('-->')) {
      index++;
      continue;
    }
    index = adoptText(lines, index, blocks, repairs);
  }
  return blocks;
}

/** Gives a block of text without a time to the cue before it; returns the index after it. */
function adoptText(lines: string[], from: number, blocks: Block[], repairs: Repairs): number {
  let index = from;
  const text: string[] = [];
  while (index < lines.length && !isBlank(lines[index] ?? '') && !(lines[index] ?? '').includes('-->')) {
    if ((lines[index + 1] ?? '').includes('-->')) break;
    text.push(lines[index] ?? '');
    index++;
  }
  if (text.length > 1 && isNumber(text[0] ?? '')) text.shift();
  const before = blocks.at(-1);
  if (before) {
    before.payload.push(...text);
    repairs.add(from + 1, `${excerpt(text[0] ?? '')} has no time; added to the cue before it`);
  } else repairs.add(from + 1, `left out: ${excerpt(text[0] ?? '')} stands before the first cue`);
  return index;
}
