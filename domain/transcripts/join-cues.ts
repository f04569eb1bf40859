import type { Cue } from '../../contracts/transcripts.ts';

/** All cues as one text, joined by single spaces, with the way back from characters to cues and times. */
export type JoinedCues = {
  text: string;
  /** Position in the list of the cue that holds the character (the joining space belongs to the cue before). */
  cueAt: (char: number) => number;
  /** First character of the cue at a position. */
  offsetOf: (position: number) => number;
  /** Time span and cue indexes of the characters `[from, to)`; from word times where the cue has them, else interpolated. */
  span: (from: number, to: number) => { startMs: number; endMs: number; cueIndexes: number[] };
};

type Anchor = { from: number; to: number; startMs: number; endMs: number };

/** Where each timed word stands in its cue's text; words that are not found there are passed over. */
function wordAnchors(cue: Cue): Anchor[] {
  const anchors: Anchor[] = [];
  let cursor = 0;
  for (const word of cue.words ?? []) {
    // A word that the text lacks must not drag the search to a later repetition.
    const near = cue.text.slice(cursor, cursor + 40 + word.text.length).indexOf(word.text);
    if (near < 0) continue;
    const from = cursor + near;
    cursor = from + word.text.length;
    anchors.push({ from, to: cursor, startMs: word.startMs, endMs: Math.max(word.startMs, word.endMs) });
  }
  return anchors;
}

/** The last position in an ascending list whose value passes; -1 if none does. */
function lastWhere(length: number, passes: (position: number) => boolean): number {
  let low = -1;
  let high = length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (passes(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

function timeInCue(cue: Cue, anchors: Anchor[], from: number, to: number, side: 'startMs' | 'endMs'): number {
  const first = lastWhere(anchors.length, (position) => (anchors[position]?.to ?? 0) <= from) + 1;
  const last = lastWhere(anchors.length, (position) => (anchors[position]?.from ?? 0) < to);
  const anchor = first <= last ? anchors[side === 'startMs' ? first : last] : undefined;
  if (anchor) return anchor[side];
  const char = side === 'startMs' ? from : to;
  return Math.round(cue.startMs + ((cue.endMs - cue.startMs) * char) / cue.text.length);
}

/** Joins cues for reading across their borders. */
export function joinCues(cues: Cue[]): JoinedCues {
  const offsets: number[] = [];
  let length = 0;
  for (const cue of cues) {
    offsets.push(length);
    length += cue.text.length + 1;
  }
  const anchorsOf = new Map<Cue, Anchor[]>();
  const anchors = (cue: Cue) => {
    const known = anchorsOf.get(cue) ?? wordAnchors(cue);
    anchorsOf.set(cue, known);
    return known;
  };
  const cueAt = (char: number) =>
    Math.max(
      0,
      lastWhere(offsets.length, (position) => (offsets[position] ?? 0) <= char),
    );
  const offsetOf = (position: number) => offsets[position] ?? length;
  const span = (from: number, to: number) => {
    const first = cueAt(from);
    const last = cueAt(Math.max(from, to - 1));
    const touched = cues.slice(first, last + 1);
    const [opening] = touched;
    const closing = touched.at(-1);
    if (!opening || !closing) return { startMs: 0, endMs: 1, cueIndexes: [] };
    const openTo = first === last ? to - offsetOf(first) : opening.text.length;
    const startMs = timeInCue(opening, anchors(opening), from - offsetOf(first), openTo, 'startMs');
    const closeFrom = first === last ? from - offsetOf(first) : 0;
    const endMs = timeInCue(closing, anchors(closing), closeFrom, to - offsetOf(last), 'endMs');
    return { startMs, endMs: Math.max(startMs + 1, endMs), cueIndexes: touched.map((cue) => cue.index) };
  };
  return { text: cues.map((cue) => cue.text).join(' '), cueAt, offsetOf, span };
}
