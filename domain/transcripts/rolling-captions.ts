/** Captions that roll: each shows again what the one before showed, and adds to it. Read once, without losing a word. */
import type { Word } from '../../contracts/transcripts.ts';
import type { RawCue } from './raw-cue.ts';
import type { Repairs } from './repairs.ts';

/** A line on screen. `timed`: some of its words have times of their own, so it is being said now. */
export type ShownLine = { text: string; timed: boolean; words?: Word[] };
/** A cue as shown, with its lines that are not empty. */
export type Shown = { line: number | null; startMs: number | null; endMs: number | null; lines: ShownLine[] };

/** A caption that begins later than this after the last one's end does not continue it. */
const NEXT_MS = 250;
const MOST_LINES = 4;
const MOST_WORDS = 80;

const follows = (before: Shown | RawCue, next: Shown | RawCue) =>
  before.endMs === null || next.startMs === null || next.startMs - before.endMs <= NEXT_MS;

/** Each number of lines that the cue can have taken over from the one before: its first are the other's last. */
function linesTakenOver(before: Shown, next: Shown, inlineTimes: boolean): number[] {
  // A line that stayed over a pause stands above a new one.
  if (!follows(before, next) && !(inlineTimes && next.lines.length > 1)) return [];
  const counts: number[] = [];
  for (let count = 1; count <= Math.min(before.lines.length, next.lines.length, MOST_LINES); count++) {
    const old = before.lines.slice(-count);
    if (old.every((line, at) => line.text === next.lines[at]?.text && !next.lines[at]?.timed)) counts.push(count);
  }
  return counts;
}

const textOf = (lines: ShownLine[]) => lines.map(({ text }) => text).join(' ');

function toCue({ line, startMs, endMs }: Shown, lines: ShownLine[]): RawCue {
  const words = lines.flatMap((shown) => shown.words ?? []);
  return { line, startMs, endMs, text: textOf(lines), ...(words.length > 0 ? { words } : {}) };
}

/** How many lines stay from cue to cue: what most cues agree on. */
function usualCount(takenOver: number[][]): number {
  const votes = new Map<number, number>();
  for (const counts of takenOver) {
    const [only] = counts;
    if (counts.length === 1 && only !== undefined) votes.set(only, (votes.get(only) ?? 0) + 1);
  }
  return [...votes].toSorted((a, b) => b[1] - a[1] || a[0] - b[0])[0]?.[0] ?? 1;
}

/** Drops the lines that the cue before already showed, if the captions roll by lines; `null` if they do not. */
function unrollLines(shown: Shown[], inlineTimes: boolean, repairs: Repairs): RawCue[] | null {
  const takenOver = shown.map((cue, at) => {
    const before = shown[at - 1];
    return before ? linesTakenOver(before, cue, inlineTimes) : [];
  });
  // A cue that only repeats is a recogniser in a loop, and no sign of rolling.
  const rolled = takenOver.filter((counts, at) => counts.some((count) => count < (shown[at]?.lines.length ?? 0)));
  if (!inlineTimes && rolled.length < Math.max(2, (shown.length - 1) * 0.3)) return null;
  const usual = usualCount(takenOver);
  let dropped = 0;
  const cues: RawCue[] = [];
  shown.forEach((cue, at) => {
    const counts = takenOver[at] ?? [];
    const count = counts.includes(usual) ? usual : (counts.at(-1) ?? 0);
    dropped += count;
    const fresh = cue.lines.slice(count);
    if (fresh.length > 0) cues.push(toCue(cue, fresh));
  });
  if (dropped > 0) repairs.add(null, `${dropped} lines repeated from the cue before were dropped (rolling captions)`);
  return cues;
}

/** The most words that end one text and begin the next. */
function wordsTakenOver(before: string[], next: string[]): number {
  for (let count = Math.min(before.length, next.length, MOST_WORDS); count > 0; count--)
    if (before.slice(-count).every((word, at) => word === next[at])) return count;
  return 0;
}

/** Drops the words that the cue before already had, if the captions roll by words; `null` if they do not. */
function unrollWords(shown: RawCue[], repairs: Repairs): RawCue[] | null {
  const words = shown.map(({ text }) => text.split(' ').filter(Boolean));
  const takenOver = shown.map((cue, at) => {
    const before = shown[at - 1];
    return before && follows(before, cue) ? wordsTakenOver(words[at - 1] ?? [], words[at] ?? []) : 0;
  });
  const rolled = takenOver.filter((count, at) => {
    const most = words[at - 1]?.length ?? 0;
    return (count >= 2 || (count === 1 && most === 1)) && count < (words[at]?.length ?? 0);
  });
  if (rolled.length < Math.max(3, (shown.length - 1) * 0.4)) return null;
  let dropped = 0;
  const cues: RawCue[] = [];
  shown.forEach(({ words: times, ...cue }, at) => {
    const count = takenOver[at] ?? 0;
    dropped += count;
    const fresh = words[at]?.slice(count) ?? [];
    if (fresh.length === 0) return;
    const kept = times?.length === words[at]?.length ? { words: times?.slice(count) ?? [] } : {};
    cues.push({ ...cue, text: fresh.join(' '), ...kept });
  });
  repairs.add(null, `${dropped} words repeated from the cue before were dropped (rolling captions)`);
  return cues;
}

function endingAt({ words, ...cue }: RawCue, endMs: number): RawCue {
  const cut = words?.map((word) => ({ ...word, endMs: Math.max(word.startMs, Math.min(word.endMs, endMs)) }));
  return { ...cue, endMs, ...(cut ? { words: cut } : {}) };
}

/**
 * Automatic captions stay on screen while the next are said. Where that is so in a good part of a file, a cue ends when the next
 * one begins; two cues in a file that speak at once are left alone.
 */
function endWithNext(cues: RawCue[], repairs: Repairs): RawCue[] {
  const overlaps = (cue: RawCue, at: number) => {
    const next = cues[at + 1]?.startMs ?? null;
    return next !== null && cue.startMs !== null && cue.endMs !== null && next > cue.startMs && next < cue.endMs;
  };
  const count = cues.filter(overlaps).length;
  if (count < Math.max(2, (cues.length - 1) * 0.3)) return cues;
  repairs.add(null, `${count} cues stay on screen during the next; each ends where the next begins`);
  return cues.map((cue, at) => (overlaps(cue, at) ? endingAt(cue, cues[at + 1]?.startMs ?? 0) : cue));
}

/**
 * The cues of captions, merged if they roll. `inlineTimes`: the file times single words, as only rolling captions do.
 * `onScreen`: its times are those of showing, not of speaking.
 */
export function unrollCaptions(
  shown: Shown[],
  repairs: Repairs,
  { inlineTimes = false, onScreen = false }: { inlineTimes?: boolean; onScreen?: boolean } = {},
): RawCue[] {
  const byLines = unrollLines(
    shown.filter(({ lines }) => lines.length > 0),
    inlineTimes,
    repairs,
  );
  if (byLines) return endWithNext(byLines, repairs);
  // Empty cues stay, for the report.
  const plain = shown.map((cue) => toCue(cue, cue.lines));
  const byWords = unrollWords(plain, repairs);
  if (byWords) return endWithNext(byWords, repairs);
  return onScreen ? endWithNext(plain, repairs) : plain;
}
