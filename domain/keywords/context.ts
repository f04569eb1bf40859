import type { Cue } from '../../contracts/transcripts.ts';
import type { JoinedCues } from '../transcripts/join-cues.ts';

const CONTEXT_MS = 10_000;
const SIDE_CHARS = 230;

/** Whole cues within ±10 s of the hit, at most 230 characters to each side, cut at a space. */
export function contextAround(
  cues: Cue[],
  joined: JoinedCues,
  start: number,
  end: number,
  span: { startMs: number; endMs: number },
): string {
  let first = joined.cueAt(start);
  let last = joined.cueAt(Math.max(start, end - 1));
  while (
    first > 0 &&
    start - joined.offsetOf(first) < SIDE_CHARS &&
    (cues[first - 1]?.endMs ?? 0) > span.startMs - CONTEXT_MS
  )
    first--;
  while (
    last + 1 < cues.length &&
    joined.offsetOf(last + 1) - end < SIDE_CHARS &&
    (cues[last + 1]?.startMs ?? 0) < span.endMs + CONTEXT_MS
  )
    last++;
  let from = joined.offsetOf(first);
  let to = Math.min(joined.text.length, Math.max(end, joined.offsetOf(last + 1) - 1));
  if (start - from > SIDE_CHARS) {
    const space = joined.text.indexOf(' ', start - SIDE_CHARS);
    from = space >= 0 && space < start ? space + 1 : start;
  }
  if (to - end > SIDE_CHARS) to = Math.max(end, joined.text.lastIndexOf(' ', end + SIDE_CHARS));
  return joined.text.slice(from, to).trim();
}
