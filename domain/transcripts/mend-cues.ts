import type { Cue } from '../../contracts/transcripts.ts';
import type { RawCue } from './raw-cue.ts';
import type { Repairs } from './repairs.ts';

/** Past this (500 hours) a time is taken for a mistake; it also keeps milliseconds within 32 bits. */
const LATEST_MS = 500 * 3_600_000;
/** Speaking time per character for a cue that has no end of its own. */
const MS_PER_CHAR = 65;

type Timed = RawCue & { startMs: number; endMs: number | null };

/** A start for each cue; swapped times are put right, impossible ones left out. */
function withStarts(cues: RawCue[], repairs: Repairs): Timed[] {
  const timed: Timed[] = [];
  for (const cue of cues) {
    let { startMs, endMs } = cue;
    if (startMs === null) {
      startMs = Math.min(timed.at(-1)?.endMs ?? timed.at(-1)?.startMs ?? 0, endMs ?? 0);
      repairs.add(cue.line, 'start time unreadable; the end of the cue before was taken');
    }
    if (endMs === null)
      repairs.add(cue.line, 'end time missing or unreadable; reckoned from the text and the next cue');
    else if (endMs < startMs) {
      // Swapped, it would begin before the cue before it: the end is wrong, not the order.
      if (endMs < (timed.at(-1)?.startMs ?? 0)) {
        endMs = null;
        repairs.add(cue.line, 'end before start; reckoned from the text and the next cue');
      } else {
        [startMs, endMs] = [endMs, startMs];
        repairs.add(cue.line, 'end before start; swapped');
      }
    }
    if (startMs < 0) {
      startMs = 0;
      repairs.add(cue.line, 'negative time; set to 0');
    }
    if (startMs > LATEST_MS || (endMs ?? 0) > LATEST_MS) {
      repairs.add(cue.line, 'left out: later than 500 hours');
      continue;
    }
    timed.push({ ...cue, startMs, endMs: endMs === null ? null : Math.max(startMs, endMs) });
  }
  return timed;
}

/** Cues in order of time, without empty ones and exact doubles, each at least 1 ms long. Linear but for the sort. */
export function mendCues(cues: RawCue[], repairs: Repairs): Cue[] {
  const spoken = cues.filter((cue) => {
    if (cue.text === '') repairs.add(cue.line, 'left out: no text');
    return cue.text !== '';
  });
  const timed = withStarts(spoken, repairs);
  const unordered = timed.find((cue, index) => index > 0 && cue.startMs < (timed[index - 1]?.startMs ?? 0));
  if (unordered) repairs.add(unordered.line, 'cues out of order; sorted by time');
  const ordered = timed.toSorted((a, b) => a.startMs - b.startMs || (a.endMs ?? a.startMs) - (b.endMs ?? b.startMs));
  const result: Cue[] = [];
  ordered.forEach((cue, at) => {
    const before = result.at(-1);
    let endMs = cue.endMs;
    if (endMs === null || endMs <= cue.startMs) {
      const spokenMs = Math.max(300, cue.text.length * MS_PER_CHAR);
      const next = ordered[at + 1]?.startMs ?? Number.POSITIVE_INFINITY;
      endMs = Math.max(cue.startMs + 1, Math.min(next, cue.startMs + spokenMs));
      if (cue.endMs !== null) repairs.add(cue.line, 'no length; lengthened to the time its text takes');
    }
    if (before && before.startMs === cue.startMs && before.endMs === endMs && before.text === cue.text) {
      repairs.add(cue.line, 'left out: the same cue twice');
      return;
    }
    const words = cue.words ? { words: cue.words.toSorted((a, b) => a.startMs - b.startMs) } : {};
    result.push({ index: result.length, startMs: cue.startMs, endMs, text: cue.text, ...words });
  });
  return result;
}
