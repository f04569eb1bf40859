/** What a recogniser heard in windows, as one text: where windows overlap, each word is taken from one of them. */
import type { PlannedWindow } from './speech-windows.ts';

export type SpokenText = { startMs: number; endMs: number; text: string };
/** Times of `segments` count from the window's start. */
export type HeardWindow = Pick<PlannedWindow, 'startMs' | 'endMs' | 'overlapMs'> & { segments: SpokenText[] };

/** A word keeps its place in its segment, so that what stays of a segment is a piece of its text, unchanged. */
type PlacedWord = { key: string; startMs: number; endMs: number; segment: SpokenText; from: number; to: number };

/** Scripts without spaces are compared letter by letter. */
const WORD =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]|[^\s\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]+/gu;
/** Two windows time one word within this; a word's time inside a segment is reckoned from the letters before it. */
const SAME_TIME_MS = 3_000;
/** One equal word may be chance, if it is short or at another time. */
const SURE_TIME_MS = 600;

/** Segments in order of time from the media's start. Windows come in order. */
export function joinSpeech(windows: HeardWindow[]): SpokenText[] {
  let words: PlacedWord[] = [];
  let heardUntilMs = 0;
  for (const window of windows) {
    const heard = window.segments.flatMap((segment) => wordsOf(moved(segment, window)));
    const overlap = { startMs: window.startMs, endMs: heardUntilMs };
    if (window.overlapMs > 0) words = joined(words, heard, overlap);
    else for (const word of heard) words.push(word);
    heardUntilMs = window.endMs;
  }
  return regrouped(words);
}

function moved({ startMs, endMs, text }: SpokenText, window: HeardWindow): SpokenText {
  const inside = (ms: number) => Math.min(window.startMs + ms, window.endMs);
  return { startMs: inside(startMs), endMs: inside(endMs), text };
}

function wordsOf(segment: SpokenText): PlacedWord[] {
  const { text, startMs, endMs } = segment;
  const timeAt = (letter: number) => Math.round(startMs + ((endMs - startMs) * letter) / text.length);
  return Array.from(text.matchAll(WORD), ({ 0: word, index }) => ({
    key: word.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '') || word,
    startMs: timeAt(index),
    endMs: timeAt(index + word.length),
    segment,
    from: index,
    to: index + word.length,
  }));
}

/** Changes over in the middle of the longest run of words that both heard; without one, in the middle of the overlap. */
function joined(left: PlacedWord[], right: PlacedWord[], overlap: { startMs: number; endMs: number }): PlacedWord[] {
  const run = commonRun(left, right, overlap);
  if (run) {
    const half = Math.ceil(run.length / 2);
    return [...left.slice(0, run.left + half), ...right.slice(run.right + half)];
  }
  const middleMs = (overlap.startMs + overlap.endMs) / 2;
  return [...left.filter((word) => middle(word) < middleMs), ...right.filter((word) => middle(word) >= middleMs)];
}

type Run = { left: number; right: number; length: number; apartMs: number };

function commonRun(left: PlacedWord[], right: PlacedWord[], overlap: { startMs: number; endMs: number }): Run | null {
  const firstLeft = left.findIndex((word) => word.endMs > overlap.startMs - SAME_TIME_MS);
  if (firstLeft < 0) return null;
  let best: Run | null = null;
  for (let i = firstLeft; i < left.length; i++) {
    for (let j = 0; j < right.length; j++) {
      const start = right[j];
      if (!start || start.startMs > overlap.endMs + SAME_TIME_MS) break;
      let length = 0;
      let apartMs = 0;
      for (; ; length++) {
        const [a, b] = [left[i + length], right[j + length]];
        if (!a || !b || a.key !== b.key || Math.abs(middle(a) - middle(b)) > SAME_TIME_MS) break;
        apartMs += Math.abs(middle(a) - middle(b));
      }
      const run = { left: i, right: j, length, apartMs: apartMs / Math.max(1, length) };
      if (isSure(run, start.key) && (best === null || worth(run) > worth(best))) best = run;
    }
  }
  return best;
}

const isSure = ({ length, apartMs }: Run, word: string) =>
  length >= 2 || (length === 1 && (apartMs <= SURE_TIME_MS || word.length >= 6));
/** Longer is better; of words that are said again and again, those at the same time. */
const worth = ({ length, apartMs }: Run) => length - apartMs / 500;
const middle = ({ startMs, endMs }: { startMs: number; endMs: number }) => (startMs + endMs) / 2;

/** Words back to segments: whole ones keep their times, those that were cut get the times of the words that stay. */
function regrouped(words: PlacedWord[]): SpokenText[] {
  const pieces: { segment: SpokenText; first: PlacedWord; last: PlacedWord }[] = [];
  for (const word of words) {
    const piece = pieces.at(-1);
    if (piece?.segment === word.segment) piece.last = word;
    else pieces.push({ segment: word.segment, first: word, last: word });
  }
  return pieces.map(({ segment, first, last }) => ({
    startMs: first.from === 0 ? segment.startMs : first.startMs,
    endMs: last.to === segment.text.length ? segment.endMs : last.endMs,
    text: segment.text.slice(first.from, last.to),
  }));
}
