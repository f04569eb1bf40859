/** Sentences over the borders of cues; where there is no punctuation, pieces that end at pauses. */
import type { Cue } from '../../contracts/transcripts.ts';
import type { JoinedCues } from './join-cues.ts';

/** Characters `[from, to)` of the joined text. */
export type Range = { from: number; to: number };

/** Longest piece in characters: about 20 s of speech, and within the window of the sentence models. */
export const LONGEST_CHARS = 320;
/** What is longer is cut into pieces of the length of a sentence, so that windows of them can overlap. */
const PIECE_CHARS = 100;
/** Longest piece in time. */
const LONGEST_MS = 30_000;
/** No sentence goes on over a silence this long. */
const SILENCE_MS = 3_000;
const PAUSE_MS = 500;
const SEGMENTED_CHARS = 4_000;

/** A dot after these ends no sentence. */
const ABBREVIATION = /(?:^|[\s(])(?:Mr|Mrs|Ms|Dr|Prof|St|vs|approx|resp|e\.g|i\.e|cf|Fig|Inc|Ltd|Corp|\p{Lu})\.$/u;

const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' });

/** Runs of cues without a long silence between them, as positions `[first, last]`. */
function blocksOf(cues: Cue[]): [number, number][] {
  const blocks: [number, number][] = [];
  let first = 0;
  let heardUntil = 0;
  cues.forEach((cue, position) => {
    if (position > first && cue.startMs - heardUntil >= SILENCE_MS) {
      blocks.push([first, position - 1]);
      first = position;
    }
    heardUntil = Math.max(heardUntil, cue.endMs);
  });
  if (cues.length > 0) blocks.push([first, cues.length - 1]);
  return blocks;
}

/** The range without spaces at its ends; `null` when nothing is left. */
function trimmed(text: string, { from, to }: Range): Range | null {
  while (from < to && text[from] === ' ') from++;
  while (to > from && text[to - 1] === ' ') to--;
  return from < to ? { from, to } : null;
}

/** Where the segmenter ends sentences, in steps: over a long text each of its answers costs as much as the whole text. */
function* sentenceEnds(text: string, block: Range): Generator<number> {
  let from = block.from;
  while (from < block.to) {
    const until = Math.min(block.to, from + SEGMENTED_CHARS);
    const ends = [...segmenter.segment(text.slice(from, until))].map(
      ({ segment, index }) => from + index + segment.length,
    );
    // The last one may go on behind the step.
    if (until < block.to) ends.pop();
    yield* ends;
    from = ends.at(-1) ?? until;
  }
}

function punctuated(text: string, block: Range): Range[] {
  const sentences: Range[] = [];
  let from = block.from;
  for (const to of sentenceEnds(text, block)) {
    if (ABBREVIATION.test(text.slice(Math.max(from, to - 12), to).trimEnd())) continue;
    sentences.push({ from, to });
    from = to;
  }
  if (from < block.to) sentences.push({ from, to: block.to });
  return sentences;
}

type Spoken = Range & { startMs: number; endMs: number; cue: number };

function wordsIn(joined: JoinedCues, { from, to }: Range): Spoken[] {
  const words: Spoken[] = [];
  for (const match of joined.text.slice(from, to).matchAll(/\S+/g)) {
    const start = from + match.index;
    // Writing without spaces has "words" of any length.
    for (let at = start; at < start + match[0].length; ) {
      let end = Math.min(start + match[0].length, at + PIECE_CHARS);
      if (end < start + match[0].length && /[\udc00-\udfff]/.test(joined.text[end] ?? '')) end--;
      const { startMs, endMs } = joined.span(at, end);
      words.push({ from: at, to: end, startMs, endMs, cue: joined.cueAt(at) });
      at = end;
    }
  }
  return words;
}

/** How well a piece ends after this word. */
function borderScore(text: string, word: Spoken, next: Spoken): number {
  const pause = next.startMs - word.endMs >= PAUSE_MS ? 3 : 0;
  const last = text[word.to - 1] ?? '';
  if (/[.!?…。！？]/.test(last)) return 5 + pause;
  if (/[;:]/.test(last)) return 2 + pause;
  if (last === ',' || last === '，' || last === '、') return 1.5 + pause;
  return (word.cue === next.cue ? 0 : 1) + pause;
}

/** Cuts a range over `LONGEST_CHARS` or `LONGEST_MS` at its best borders into pieces of at most `PIECE_CHARS` (words permitting, `LONGEST_MS`). */
export function cutLong(joined: JoinedCues, range: Range): Range[] {
  const whole = joined.span(range.from, range.to);
  if (range.to - range.from <= LONGEST_CHARS && whole.endMs - whole.startMs <= LONGEST_MS) return [range];
  const words = wordsIn(joined, range);
  const pieces: Range[] = [];
  let first = 0;
  while (first < words.length) {
    const opening = words[first];
    if (!opening) break;
    let cut = first;
    let best = -1;
    let at = first;
    for (; at < words.length; at++) {
      const word = words[at];
      if (!word) break;
      const fits = word.to - opening.from <= PIECE_CHARS && word.endMs - opening.startMs <= LONGEST_MS;
      if (at > first && !fits) break;
      const next = words[at + 1];
      if (!next) {
        cut = at;
        break;
      }
      // A cut too early would leave a scrap.
      const short = word.to - opening.from < PIECE_CHARS / 4;
      const score = short ? -0.5 : borderScore(joined.text, word, next);
      if (score >= best) {
        best = score;
        cut = at;
      }
    }
    pieces.push({ from: opening.from, to: words[cut]?.to ?? opening.to });
    first = cut + 1;
  }
  return pieces;
}

/** The sentences of the joined cues in order; together they hold every word once. */
export function sentencesOf(cues: Cue[], joined: JoinedCues): Range[] {
  return blocksOf(cues).flatMap(([first, last]) => {
    const block = { from: joined.offsetOf(first), to: Math.min(joined.text.length, joined.offsetOf(last + 1)) };
    return punctuated(joined.text, block).flatMap((sentence) => {
      const range = trimmed(joined.text, sentence);
      return range ? cutLong(joined, range) : [];
    });
  });
}
