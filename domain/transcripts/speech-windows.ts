/** Where recorded sound is cut for a recogniser that hears at most half a minute: in pauses, and with an overlap where there is none. */

export type LoudnessCurve = { levels: number[]; stepMs: number };
export type Span = { startMs: number; endMs: number };
/** `overlapMs`: how much of it the window before holds too; 0 where the cut lies in a pause. */
export type PlannedWindow = Span & { index: number; overlapMs: number };

export const LONGEST_WINDOW_MS = 30_000;
export const OVERLAP_MS = 5_000;
/** From this length on a window may end at any pause; the widest is taken. */
const LONG_ENOUGH_MS = 20_000;
/** A window never holds a longer pause than this: recognisers invent words in silence. */
const LONGEST_PAUSE_MS = 5_000;
/** Shorter pauses belong to a word: the stop before a "p" or "t". */
const PAUSE_MS = 300;
/** Kept on both sides of what is loud, since words begin and end softly. */
const MARGIN_MS = 150;
/** Shorter sounds are clicks. */
const SHORTEST_MS = 200;
/** Nothing below is speech, however quiet the recording. */
const SILENCE_DB = -60;
/** The level that this much of the sound reaches counts as that of speech. */
const LOUD_MS = 3_000;

/**
 * Stretches that are not silent, in order, with pauses of 300 ms or more between them. What is silent follows from the recording:
 * 25 to 40 dB below its loud parts, as near to its noise floor as that allows. In a noisy recording nothing is: to hear noise costs
 * time, to skip a soft voice costs words.
 */
export function voicedSpans({ levels, stepMs }: LoudnessCurve): Span[] {
  const sorted = [...levels].sort((a, b) => b - a);
  const loud = sorted[Math.min(Math.round(LOUD_MS / stepMs), Math.floor(sorted.length / 10))] ?? SILENCE_DB;
  const floor = sorted[Math.floor(sorted.length * 0.9)] ?? SILENCE_DB;
  const threshold = Math.max(SILENCE_DB, Math.min(loud - 25, Math.max(loud - 40, floor + 4)));
  const spans: Span[] = [];
  levels.forEach((level, at) => {
    if (level <= threshold) return;
    const startMs = at * stepMs;
    const last = spans.at(-1);
    if (last && startMs - last.endMs < PAUSE_MS) last.endMs = startMs + stepMs;
    else spans.push({ startMs, endMs: startMs + stepMs });
  });
  return spans.filter(({ startMs, endMs }) => endMs - startMs >= SHORTEST_MS);
}

/** Windows of at most 30 s that together hold every voiced stretch. The same spans always give the same windows. */
export function planWindows(spans: Span[]): PlannedWindow[] {
  const windows: PlannedWindow[] = [];
  const rest = spans.map((span) => ({ startMs: Math.max(0, span.startMs - MARGIN_MS), endMs: span.endMs + MARGIN_MS }));
  let overlapMs = 0;
  for (let from = 0; from < rest.length; ) {
    const first = rest[from] as Span;
    const { startMs } = first;
    if (first.endMs - startMs > LONGEST_WINDOW_MS) {
      const endMs = startMs + LONGEST_WINDOW_MS;
      windows.push({ index: windows.length, startMs, endMs, overlapMs });
      rest[from] = { startMs: endMs - OVERLAP_MS, endMs: first.endMs };
      overlapMs = OVERLAP_MS;
      continue;
    }
    const next = endOfWindow(rest, from);
    windows.push({ index: windows.length, startMs, endMs: rest[next - 1]?.endMs ?? startMs, overlapMs });
    from = next;
    overlapMs = 0;
  }
  return windows;
}

/** Index of the first span that is left to the next window. */
function endOfWindow(spans: Span[], from: number): number {
  const startMs = spans[from]?.startMs ?? 0;
  let end = from + 1;
  let widestMs = -1;
  for (let next = from + 1; ; next++) {
    const before = spans[next - 1];
    if (!before || before.endMs - startMs > LONGEST_WINDOW_MS) return end;
    const after = spans[next];
    const pauseMs = after ? after.startMs - before.endMs : Number.POSITIVE_INFINITY;
    if (pauseMs > LONGEST_PAUSE_MS) return next;
    const longEnough = before.endMs - startMs >= LONG_ENOUGH_MS;
    if (!longEnough || pauseMs >= widestMs) end = next;
    if (longEnough) widestMs = Math.max(widestMs, pauseMs);
  }
}
