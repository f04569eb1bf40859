/** Cue blocks as SRT and WebVTT share them: an optional identifier, a line with an arrow, text up to a blank line. */
import { excerpt } from './raw-cue.ts';
import type { Repairs } from './repairs.ts';
import { parseTiming } from './timing.ts';

/** `payload` are the raw text lines. */
export type Block = { line: number; startMs: number | null; endMs: number | null; payload: string[] };

const SHORTEST_GAP_MS = 300;
/** Speaking time per character. */
const MS_PER_CHAR = 65;

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

/** When the cue after these lines begins, or `null`. */
function nextStart(lines: string[], from: number): number | null {
  for (let index = from; index < Math.min(lines.length, from + 4); index++) {
    const timing = parseTiming(lines[index] ?? '');
    if (timing) return timing.startMs;
  }
  return null;
}

/** A numbered text whose time is missing gets the room between its neighbours, if there is some. */
function inTheGap(before: Block, until: number | null, payload: string[]): Block | null {
  const startMs = before.endMs;
  if (startMs === null || until === null || until - startMs < SHORTEST_GAP_MS) return null;
  const spokenMs = Math.max(1_000, payload.join(' ').length * MS_PER_CHAR);
  return { line: before.line, startMs, endMs: Math.min(until, startMs + spokenMs), payload };
}

/** Gives a block of text without a time to the cue before it, or to the gap after that; returns the index after it. */
function adoptText(lines: string[], from: number, blocks: Block[], repairs: Repairs): number {
  let index = from;
  const text: string[] = [];
  while (index < lines.length && !isBlank(lines[index] ?? '') && !(lines[index] ?? '').includes('-->')) {
    if ((lines[index + 1] ?? '').includes('-->')) break;
    text.push(lines[index] ?? '');
    index++;
  }
  const numbered = text.length > 1 && isNumber(text[0] ?? '');
  if (numbered) text.shift();
  const before = blocks.at(-1);
  const found = excerpt(text[0] ?? '');
  if (!before) {
    repairs.add(from + 1, `left out: ${found} stands before the first cue`);
    return index;
  }
  const own = numbered ? inTheGap(before, nextStart(lines, index), text) : null;
  if (own) {
    blocks.push({ ...own, line: from + 1 });
    repairs.add(from + 1, `${found} has no time; put after the cue before it`);
  } else {
    before.payload.push(...text);
    repairs.add(from + 1, `${found} has no time; added to the cue before it`);
  }
  return index;
}
