/** What one transcript vector stands for: a cue, a sentence, or a window of sentences that overlaps the one before. */
import type { Chunk, ChunkSettings, Cue } from '../../contracts/transcripts.ts';
import { type JoinedCues, joinCues } from './join-cues.ts';
import { cutLong, LONGEST_CHARS, type Range, sentencesOf } from './sentences.ts';

/** No speech is faster; it bounds windows whose times are wrong. */
const CHARS_PER_SECOND = 40;

type Timed = Range & { startMs: number; endMs: number; first: number; last: number };

/** A range with its time, which lies within its cues. `first` and `last` are positions of cues. */
function timed(cues: Cue[], joined: JoinedCues, range: Range): Timed {
  const { startMs, endMs } = joined.span(range.from, range.to);
  const first = joined.cueAt(range.from);
  const last = joined.cueAt(range.to - 1);
  let earliest = cues[first]?.endMs ?? startMs;
  let latest = 0;
  for (let position = first; position <= last; position++) {
    const cue = cues[position];
    if (!cue) continue;
    // Of the cues in between, all is said; the ends may begin and stop inside theirs.
    earliest = Math.min(earliest, position === first ? Math.max(cue.startMs, startMs) : cue.startMs);
    latest = Math.max(latest, position === last ? Math.min(cue.endMs, endMs) : cue.endMs);
  }
  return { ...range, startMs: earliest, endMs: Math.max(earliest + 1, latest), first, last };
}

/**
 * The sentences `[first, last]` of each window: as many as `windowMs` holds, at least one. The next goes back by at most
 * `overlapMs` and half a window, and always holds something new.
 */
function windows(sentences: Timed[], { windowMs, overlapMs }: ChunkSettings): [number, number][] {
  const mostChars = Math.max(LONGEST_CHARS, (windowMs / 1000) * CHARS_PER_SECOND);
  const backMs = Math.min(overlapMs, windowMs / 2);
  const windowFrom = (first: number) => {
    const opening = sentences[first];
    let last = first;
    let startMs = opening?.startMs ?? 0;
    let endMs = opening?.endMs ?? 0;
    for (let at = first + 1; at < sentences.length; at++) {
      const next = sentences[at];
      if (!next || !opening) break;
      startMs = Math.min(startMs, next.startMs);
      const until = Math.max(endMs, next.endMs);
      if (until - startMs > windowMs || next.to - opening.from > mostChars) break;
      endMs = until;
      last = at;
    }
    return { last, endMs };
  };
  const found: [number, number][] = [];
  let first = 0;
  while (first < sentences.length) {
    const { last, endMs } = windowFrom(first);
    found.push([first, last]);
    if (last === sentences.length - 1) break;
    const end = sentences[last]?.to ?? 0;
    let next = last + 1;
    while (next > first + 1) {
      const before = sentences[next - 1];
      if (!before || before.startMs < endMs - backMs || end - before.from > mostChars / 2) break;
      next--;
    }
    while (next <= last && windowFrom(next).last <= last) next++;
    first = next;
  }
  return found;
}

function rangesOf(cues: Cue[], joined: JoinedCues, settings: ChunkSettings): Range[] {
  if (settings.policy === 'cue')
    return cues.flatMap((cue, position) => {
      const from = joined.offsetOf(position);
      const range = { from, to: from + cue.text.length };
      return cue.text.length > LONGEST_CHARS * 3 ? cutLong(joined, range) : [range];
    });
  const sentences = sentencesOf(cues, joined);
  if (settings.policy === 'sentence') return sentences;
  const spoken = sentences.map((sentence) => timed(cues, joined, sentence));
  return windows(spoken, settings).flatMap(([first, last]) => {
    const opening = spoken[first];
    const closing = spoken[last];
    return opening && closing ? [{ from: opening.from, to: closing.to }] : [];
  });
}

/**
 * Cuts cues (in order of time) into chunks. Every word is in at least one, with `cue` and `sentence` in exactly one. Times are
 * milliseconds within the chunk's cues, from word times where there are some, else reckoned by characters. No sentence is longer
 * than 320 characters, no cue's chunk than 960, no window than 40 characters a second of `windowMs`.
 */
export function chunkCues(cues: Cue[], settings: ChunkSettings): Chunk[] {
  const joined = joinCues(cues);
  return rangesOf(cues, joined, settings).map((range, index) => {
    const { startMs, endMs, first, last } = timed(cues, joined, range);
    const cueIndexes = cues.slice(first, last + 1).map((cue) => cue.index);
    return { index, startMs, endMs, text: joined.text.slice(range.from, range.to), cueIndexes };
  });
}
