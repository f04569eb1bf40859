import type { Word } from '../../contracts/transcripts.ts';
import type { RawCue } from './raw-cue.ts';

const PAUSE_MS = 1_200;
const MAX_CHARS = 84;
const MAX_MS = 7_000;
/** A word without an end is taken to last no longer than this. */
const WORD_MS = 600;

const endsSentence = (word: string) => /[.!?]["')\]]?$/.test(word);

type Piece = { text: string; startMs: number };

/** A piece that does not begin after a space goes on with the word before it. */
function wholeWords(pieces: Piece[]): Piece[] {
  const whole: Piece[] = [];
  for (const piece of pieces) {
    const before = whole.at(-1);
    if (before && !/\s$/.test(before.text) && !/^\s/.test(piece.text)) before.text += piece.text;
    else whole.push({ ...piece });
  }
  return whole.filter(({ text }) => text.trim() !== '');
}

/**
 * Words of pieces as captions have them (" low", with the space in front), of which only starts are known: a piece lasts to
 * the next one's start, the last to `endMs`.
 */
export function wordsFromStarts(pieces: Piece[], endMs: number): Word[] {
  const whole = wholeWords(pieces);
  return whole.flatMap(({ text, startMs }, index) => {
    const until = Math.max(startMs, whole[index + 1]?.startMs ?? endMs);
    const words = text.split(/\s+/).filter(Boolean);
    const total = words.reduce((sum, word) => sum + word.length, 0);
    let done = 0;
    return words.map((word) => {
      const at = (chars: number) => Math.round(startMs + ((until - startMs) * chars) / total);
      const timed = { text: word, startMs: at(done), endMs: at(done + word.length) };
      done += word.length;
      return timed;
    });
  });
}

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
