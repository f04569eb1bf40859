/** What was heard, as a transcript: joined, and freed of what recognisers invent in silence and in loops. */
import type { Transcript } from '../../contracts/transcripts.ts';
import { type HeardWindow, joinSpeech, type SpokenText } from './join-speech.ts';
import type { Span } from './speech-windows.ts';

/** So often a single word must follow itself, and so often a phrase, to be a loop: people say "no, no, no" too. */
const WORD_LOOP = 6;
const PHRASE_LOOP = 4;
/** Words, or segments, that a loop goes round in at most. */
const LONGEST_PHRASE = 12;
const LONGEST_CYCLE = 3;
/** "[Music]", "(applause)", "♪ … ♪": names of sounds, not speech. */
const SOUND_NAME = /^(?:\[[^\]]*\]|\([^)]*\)|\*[^*]*\*|♪[^♪]*♪?|[^\p{L}\p{N}]+|\s+)+$/u;

/** `voiced`: where the recording is not silent. What was left out is told in `repairs`. */
export function speechTranscript(windows: HeardWindow[], voiced: Span[], language: string | null): Transcript {
  const joined = joinSpeech(windows);
  const said = joined.filter(({ text }) => !SOUND_NAME.test(text));
  const audible = said.filter((segment) => voiced.some((span) => overlaps(span, segment)));
  const unlooped = withoutLoops(
    audible.map((segment) => ({ ...segment, text: withoutWordLoops(segment.text) })),
    ({ text }) => keyOf(text),
    { longest: LONGEST_CYCLE, times: () => PHRASE_LOOP },
  );
  const shortened = audible.filter(({ text }) => withoutWordLoops(text) !== text).length;
  const left: [number, string][] = [
    [joined.length - said.length, 'segments that only name a sound were left out'],
    [said.length - audible.length, 'segments heard in silence were left out'],
    [audible.length - unlooped.length, 'segments repeated in a loop were left out'],
    [shortened, 'segments were shortened where they repeat themselves in a loop'],
  ];
  return {
    format: 'speech',
    language,
    cues: inOrder(unlooped).map((segment, index) => ({ index, ...segment })),
    repairs: left.filter(([count]) => count > 0).map(([count, what]) => ({ line: null, what: `${count} ${what}` })),
  };
}

/** Of a run in which the same one to `longest` items follow each other `times` or more, the first round stays. */
export function withoutLoops<Item>(
  items: Item[],
  key: (item: Item) => string,
  { longest, times }: { longest: number; times: (period: number) => number },
): Item[] {
  const keys = items.map(key);
  const kept: Item[] = [];
  for (let at = 0; at < items.length; ) {
    const loop = loopAt(keys, at, longest, times);
    kept.push(...items.slice(at, at + (loop?.period ?? 1)));
    at += loop?.length ?? 1;
  }
  return kept;
}

function loopAt(keys: string[], at: number, longest: number, times: (period: number) => number) {
  for (let period = 1; period <= longest; period++) {
    let length = period;
    while (at + length < keys.length && keys[at + length] === keys[at + length - period]) length++;
    if (length >= period * times(period)) return { period, length };
  }
  return null;
}

const withoutWordLoops = (text: string) =>
  withoutLoops(text.split(' '), keyOf, {
    longest: LONGEST_PHRASE,
    times: (period) => (period === 1 ? WORD_LOOP : PHRASE_LOOP),
  }).join(' ');

const keyOf = (text: string) =>
  text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim() || text;

/** A segment without length is where it begins. */
const overlaps = (span: Span, { startMs, endMs }: SpokenText) =>
  span.startMs < Math.max(endMs, startMs + 1) && startMs < span.endMs;

/** In order of their start; each lasts a moment at least, and ends where the next begins at the latest. */
function inOrder(segments: SpokenText[]): SpokenText[] {
  const sorted = [...segments].sort((a, b) => a.startMs - b.startMs);
  return sorted.map(({ startMs, endMs, text }, at) => {
    const next = sorted[at + 1]?.startMs ?? Number.POSITIVE_INFINITY;
    return { startMs, endMs: Math.max(startMs + 1, Math.min(endMs, next)), text };
  });
}
