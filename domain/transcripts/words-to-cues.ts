import type { Word } from '../../contracts/transcripts.ts';
import type { RawCue } from './raw-cue.ts';

const PAUSE_MS = 1_200;
const MAX_CHARS = 84;
const MAX_MS = 7_000;
/** A word without an end is taken to last no longer than this. */
const WORD_MS = 600;

const endsSentence = (word: string) => /[.!?]["')\]]?$/.test(word);

/** Groups single timed words into cues: at pauses, at sentence ends, and where a cue gets long. */
export function cuesFromWords(words: Word[]): RawCue[] {
  const ordered = words.toSorted((a, b) => a.startMs - b.startMs);
  const timed = ordered.map((word, index) => {
    if (word.endMs > word.startMs) return word;
    const next = ordered[index + 1]?.startMs ?? word.startMs + WORD_MS;
    return { ...word, endMs: Math.max(word.startMs, Math.min(next, word.startMs + WORD_MS)) };
  });
  const cues: RawCue[] = [];
  let group: Word[] = [];
  let chars = 0;
  const flush = () => {
    const [first] = group;
    const last = group.at(-1);
    if (!first || !last) return;
    const text = group.map((word) => word.text).join(' ');
    cues.push({ line: null, startMs: first.startMs, endMs: last.endMs, text, words: group });
    group = [];
    chars = 0;
  };
  for (const word of timed) {
    const [first] = group;
    const last = group.at(-1);
    if (
      first &&
      last &&
      (word.startMs - last.endMs > PAUSE_MS ||
        chars + word.text.length > MAX_CHARS ||
        word.endMs - first.startMs > MAX_MS ||
        (endsSentence(last.text) && chars > MAX_CHARS / 3))
    )
      flush();
    group.push(word);
    chars += word.text.length + 1;
  }
  flush();
  return cues;
}
