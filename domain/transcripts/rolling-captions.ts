/** Automatic captions roll: each cue repeats the line before it, and only new words carry inline times. */
import type { Word } from '../../contracts/transcripts.ts';
import { decodeEntities, oneLine, plainText, splitTags } from './plain-text.ts';
import type { RawCue } from './raw-cue.ts';
import type { Repairs } from './repairs.ts';
import type { Block } from './timed-blocks.ts';
import { parseTime } from './timing.ts';

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
  return parts.flatMap((part, index) => {
    const until = Math.max(part.startMs, parts[index + 1]?.startMs ?? endMs);
    const words = oneLine(decodeEntities(part.text)).split(' ').filter(Boolean);
    const total = words.reduce((sum, word) => sum + word.length, 0);
    let done = 0;
    return words.map((text) => {
      const at = (chars: number) => Math.round(part.startMs + ((until - part.startMs) * chars) / total);
      const word = { text, startMs: at(done), endMs: at(done + text.length) };
      done += text.length;
      return word;
    });
  });
}

/** Cues of a file with inline times: lines that the cue before already showed are dropped, words keep their times. */
export function unrollCaptions(blocks: Block[], repairs: Repairs): RawCue[] {
  const cues: RawCue[] = [];
  let shown: string[] = [];
  let repeated = 0;
  for (const { line, startMs, endMs, payload } of blocks) {
    const lines = payload.map((raw) => ({ raw, text: plainText(raw) })).filter(({ text }) => text !== '');
    const fresh = lines.filter(({ text }) => !shown.includes(text));
    repeated += lines.length - fresh.length;
    shown = lines.map(({ text }) => text).slice(-4);
    if (fresh.length === 0) continue;
    const cue: RawCue = { line, startMs, endMs, text: plainText(fresh.map(({ raw }) => raw).join('\n')) };
    if (startMs !== null && endMs !== null && startMs < endMs) {
      const words = timedWords(fresh.map(({ raw }) => raw).join(' '), startMs, endMs);
      if (words.length > 0) cue.words = words;
    }
    cues.push(cue);
  }
  if (repeated > 0) repairs.add(null, `${repeated} lines repeated from the cue before were dropped (rolling captions)`);
  return cues;
}
