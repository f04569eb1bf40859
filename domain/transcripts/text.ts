/** Plain text: with times of its own, else with times reckoned from its length. */
import { oneLine, plainText } from './plain-text.ts';
import { assertSpeakable, broken, excerpt, type RawCue, type ReaderInput, type ReaderOutput } from './raw-cue.ts';
import { joinCues } from './join-cues.ts';
import { sentencesOf } from './sentences.ts';
import { readTimedLines, withoutSpeakers } from './timed-lines.ts';

/** Speech where the media's length is unknown. */
const WORDS_PER_MINUTE = 150;

/** Bytes of another kind of file decode to marks that no text has. */
function isText(text: string): boolean {
  const head = text.slice(0, 4_000);
  const odd = head.match(/(?![\t\n\v\f\r])[\p{Cc}\ufffd]/gu)?.length ?? 0;
  return odd * 20 <= head.length;
}

/** The sentences of prose, each with the share of the time that its characters have of the text. */
function reckoned(lines: string[], durationMs: number | null): RawCue[] {
  const { texts } = withoutSpeakers(lines.map((line) => plainText(line)).filter(Boolean));
  const paragraphs = texts
    .map(oneLine)
    .filter(Boolean)
    .map((text, index) => ({ index, startMs: 0, endMs: 1, text }));
  const joined = joinCues(paragraphs);
  const words = joined.text.split(' ').length;
  const totalMs = durationMs ?? (words / WORDS_PER_MINUTE) * 60_000;
  const at = (char: number) => Math.round((totalMs * char) / Math.max(1, joined.text.length));
  return sentencesOf(paragraphs, joined).map(({ from, to }) => ({
    line: null,
    startMs: at(from),
    endMs: Math.max(at(from) + 1, at(to)),
    text: joined.text.slice(from, to),
  }));
}

/** Reads plain text. Without times they are reckoned from `durationMs`, or from 150 words a minute. */
export function readText({ text, fileName, durationMs, repairs }: ReaderInput): ReaderOutput {
  if (!isText(text)) throw broken(fileName, 1, `found ${excerpt(text)}, which is no text`, 'plain text');
  assertSpeakable(fileName, text.length);
  const lines = text.split('\n');
  const timed = readTimedLines(lines);
  const latest = timed?.cues.reduce((most, { startMs }) => Math.max(most, startMs ?? 0), 0) ?? 0;
  const fits = durationMs === null || latest <= durationMs * 1.2 + 5_000;
  if (timed && fits) {
    if (timed.untimed > 0) repairs.add(1, `${timed.untimed} lines before the first time left out`);
    if (timed.names.length > 0) repairs.add(null, `names of speakers left out: ${timed.names.slice(0, 5).join(', ')}`);
    return { language: null, cues: timed.cues };
  }
  if (timed) repairs.add(null, 'the times are later than the media is long; not used');
  const cues = reckoned(timed ? timed.cues.map((cue) => cue.text) : lines, durationMs);
  const by = durationMs === null ? `${WORDS_PER_MINUTE} words a minute` : "the media's length";
  repairs.add(null, `no times in the text; reckoned from ${by}`);
  return { language: null, cues, estimatedTimes: true };
}
