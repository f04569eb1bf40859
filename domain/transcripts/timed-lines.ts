/** Plain text whose lines carry times: `00:12 text`, `[1:02:03] text`, a time on a line of its own, speakers. */
import { plainText } from './plain-text.ts';
import type { RawCue } from './raw-cue.ts';
import { parseTime } from './timing.ts';

const CLOCK = String.raw`\d{1,3}:[0-5]?\d(?::[0-5]\d)?(?:[.,]\d{1,3})?`;
const RANGE = String.raw`(${CLOCK})(?:\s{0,3}(?:-->|–|—|-|to)\s{0,3}(${CLOCK}))?`;
/** "Maya Lee", before or after a time. */
const NAME = String.raw`\p{L}[\p{L}\p{N}.'’_-]{0,30}(?: [\p{L}\p{N}][\p{L}\p{N}.'’_-]{0,30}){0,3}`;
const LEADING = new RegExp(String.raw`^\s{0,20}[[(<]?${RANGE}[\])>]?(?:\s{1,5}[-–—|]\s|[:\s]|$)\s{0,20}(.*)$`, 'u');
const AFTER_NAME = new RegExp(
  String.raw`^\s{0,20}(${NAME})(?:\s{0,10}[[(]${RANGE}[\])]\s{0,3}:?|\s{2,10}${RANGE})\s*(.*)$`,
  'u',
);
/** What the video site's own page puts under a time for screen readers. */
const SPOKEN_TIME = /^(?:\d{1,3} (?:hours?|minutes?|seconds?)(?:, )?){1,3}$/;

const SLOW_MS_PER_CHAR = 130;

type TimedLine = { line: number; startMs: number; endMs: number | null; name: string | null; text: string };

function readLine(source: string, line: number): TimedLine | null {
  if (source.length > 20_000) return null;
  const leading = LEADING.exec(source);
  const found = leading ?? AFTER_NAME.exec(source);
  if (!found) return null;
  const [from, to, text] = leading ? found.slice(1) : [found[2] ?? found[4], found[3] ?? found[5], found[6]];
  const startMs = parseTime(from ?? '');
  if (startMs === null) return null;
  return {
    line,
    startMs,
    endMs: to === undefined ? null : parseTime(to),
    name: leading ? null : (found[1] ?? null),
    text: text ?? '',
  };
}

export type TimedLines = { cues: RawCue[]; untimed: number; names: string[] };

const LABEL = new RegExp(String.raw`^(?:[-–>]{1,2}\s*)?(${NAME}):(?:\s+|$)`, 'u');

/** Names that stand before a colon again and again: speakers, not the "Note:" of one sentence. */
function speakersOf(texts: string[]): Set<string> {
  const counts = new Map<string, number>();
  for (const text of texts) {
    const name = LABEL.exec(text)?.[1];
    if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  if (total < texts.length * 0.3) return new Set();
  return new Set([...counts].filter(([, count]) => count >= 2).map(([name]) => name));
}

/** Texts without the speakers' names in front. */
export function withoutSpeakers(texts: string[]): { texts: string[]; names: string[] } {
  const names = speakersOf(texts);
  const cut = texts.map((text) => {
    const match = LABEL.exec(text);
    return match && names.has(match[1] ?? '') ? text.slice(match[0].length) : text;
  });
  return { texts: cut, names: [...names] };
}

/**
 * Cues of lines that begin with a time (or a name and a time); lines without one go on with the cue before. `untimed` lines stand
 * before the first time. `null` when the lines have no times: fewer than two, or times that go back more often than on.
 */
export function readTimedLines(lines: string[]): TimedLines | null {
  const cues: RawCue[] = [];
  const found = new Set<string>();
  let untimed = 0;
  let back = 0;
  lines.forEach((source, index) => {
    if (source.trim() === '') return;
    const timed = readLine(source, index + 1);
    const before = cues.at(-1);
    if (timed) {
      if (timed.startMs < (before?.startMs ?? 0)) back++;
      if (timed.name !== null) found.add(timed.name);
      cues.push({ line: timed.line, startMs: timed.startMs, endMs: timed.endMs, text: timed.text });
    } else if (!before) untimed++;
    else if (!(before.text === '' && SPOKEN_TIME.test(source.trim()))) before.text += ` ${source}`;
  });
  if (cues.length < 2 || back * 2 > cues.length) return null;
  const { texts, names } = withoutSpeakers(cues.map((cue) => plainText(cue.text)));
  return {
    cues: cues.map((cue, at) => spoken(cue, texts[at] ?? '', cues[at + 1]?.startMs ?? null)),
    untimed,
    names: [...new Set([...found, ...names])],
  };
}

/** The text is said up to the next time, but in no more than twice the time that it takes. */
function spoken(cue: RawCue, text: string, nextMs: number | null): RawCue {
  const { startMs } = cue;
  if (cue.endMs !== null || startMs === null) return { ...cue, text };
  const longest = startMs + 1_000 + text.length * SLOW_MS_PER_CHAR;
  return { ...cue, text, endMs: nextMs !== null && nextMs > startMs ? Math.min(nextMs, longest) : longest };
}

/** Whether a good part of the lines begin with a time. */
export function hasTimedLines(head: string): boolean {
  const lines = head.split('\n', 60).filter((line) => line.trim() !== '');
  const timed = lines.filter((line, index) => readLine(line, index + 1) !== null);
  return timed.length >= 2 && timed.length * 5 >= lines.length;
}
