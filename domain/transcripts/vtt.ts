import { hasInlineTimes, shownLines } from './inline-times.ts';
import { broken, excerpt, type ReaderInput, type ReaderOutput } from './raw-cue.ts';
import { unrollCaptions } from './rolling-captions.ts';
import { readBlocks } from './timed-blocks.ts';

const isMetadata = (line: string) => /^(?:NOTE|STYLE|REGION)(?:\s|$)/.test(line);

/** Index after the header block, and the language it names. */
function readHeader(lines: string[]): { next: number; language: string | null } {
  let index = lines.findIndex((line) => line.trim() !== '');
  if (index < 0 || !/^\s*WEBVTT/.test(lines[index] ?? '')) return { next: 0, language: null };
  let language: string | null = null;
  for (index++; index < lines.length; index++) {
    const line = lines[index] ?? '';
    if (line.trim() === '' || line.includes('-->')) break;
    language =
      /^\s*Language\s*:\s*([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})?)\s*$/.exec(line)?.[1]?.toLowerCase() ?? language;
  }
  return { next: index, language };
}

/** Reads WebVTT: header, NOTE, STYLE, REGION, identifiers, settings, voices, inline times; rolling captions once only. */
export function readVtt({ text, fileName, repairs }: ReaderInput): ReaderOutput {
  const lines = text.split('\n');
  if (!/^\s*WEBVTT/.test(text.slice(0, 1000))) repairs.add(1, 'no WEBVTT header; read all the same');
  const { next, language } = readHeader(lines);
  const blocks = readBlocks(lines, next, repairs, isMetadata);
  if (blocks.length === 0) {
    const at = lines.findIndex((line, index) => index >= next && line.trim() !== '');
    throw broken(
      fileName,
      Math.max(at, 0) + 1,
      at < 0 ? 'a header and no cue after it' : `found ${excerpt(lines[at] ?? '')}`,
      'a line like 00:00:01.000 --> 00:00:04.000 and text below it',
    );
  }
  const inlineTimes = hasInlineTimes(text);
  const shown = blocks.map((block) => shownLines(block, inlineTimes));
  return { language, cues: unrollCaptions(shown, repairs, { inlineTimes }) };
}
