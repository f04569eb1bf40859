/** Lines of a cue as captions show them, and the times of words inside them (`<00:01.500>`). */
import type { Word } from '../../contracts/transcripts.ts';
import { plainText, spaced, splitTags } from './plain-text.ts';
import type { Shown, ShownLine } from './rolling-captions.ts';
import type { Block } from './timed-blocks.ts';
import { parseTime } from './timing.ts';
import { wordsFromStarts } from './words-to-cues.ts';

const INLINE_TIME = /<\d{1,4}:\d/;
export const hasInlineTimes = (text: string) => INLINE_TIME.test(text);

/** Words of a line with inline times; each part between two times is split evenly by characters. */
function timedWords(payload: string, startMs: number, endMs: number): Word[] {
  const parts: { startMs: number; text: string }[] = [{ startMs, text: '' }];
  splitTags(
    payload,
    (text) => {
      const part = parts.at(-1);
      if (part) part.text += text;
    },
    (inside) => {
      const time = parseTime(inside);
      if (time !== null && time >= startMs && time <= endMs) parts.push({ startMs: time, text: '' });
    },
  );
  const pieces = parts.map((part) => ({ ...part, text: spaced(part.text) }));
  return wordsFromStarts(pieces, endMs);
}

/** The lines of a block that are not empty. With `wordTimes` each line gets the times of its words. */
export function shownLines({ line, startMs, endMs, payload }: Block, wordTimes: boolean): Shown {
  const lines = payload.flatMap((raw): ShownLine[] => {
    const text = plainText(raw);
    if (text === '') return [];
    const timed = hasInlineTimes(raw);
    if (!wordTimes || startMs === null || endMs === null || startMs >= endMs) return [{ text, timed }];
    return [{ text, timed, words: timedWords(raw, startMs, endMs) }];
  });
  return { line, startMs, endMs, lines };
}
