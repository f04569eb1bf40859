import type { Cue, Transcript, TranscriptQuality } from '../../contracts/transcripts.ts';
import { detectLanguage, languageCode } from './language.ts';
import { findLoops } from './loops.ts';
import { spokenWords } from './spoken-words.ts';
import { judge } from './verdict.ts';

/** Silence shorter than this is a pause in speech and no gap. */
const GAP_MS = 3_000;
/** An overlap shorter than this is rounding. */
const OVERLAP_MS = 50;
/** Nobody speaks faster: the cue's time is not that of its text. */
const CHARS_PER_SECOND = 80;
/** A cue may begin this long after the end that a probe measured. */
const END_MS = 1_000;

const share = (part: number, whole: number) => (whole > 0 ? Math.round((part / whole) * 1000) / 1000 : 0);

/** Silences before, between and after the cues, and the cues that begin before another ends. */
function gapsAndOverlaps(cues: Cue[], durationMs: number | null) {
  const gaps = { count: 0, totalMs: 0, longestMs: 0 };
  let overlaps = 0;
  let heardUntil = 0;
  const silence = (until: number) => {
    const length = until - heardUntil;
    if (length < GAP_MS) return;
    gaps.count++;
    gaps.totalMs += length;
    gaps.longestMs = Math.max(gaps.longestMs, length);
  };
  cues.forEach((cue, at) => {
    silence(cue.startMs);
    if (at > 0 && heardUntil - cue.startMs > OVERLAP_MS) overlaps++;
    heardUntil = Math.max(heardUntil, cue.endMs);
  });
  if (durationMs !== null) silence(durationMs);
  return { gaps, overlaps, heardUntil };
}

/** Whether each cue has begin and end in common with another. */
function sharedTimes(cues: Cue[]): boolean[] {
  const counts = new Map<string, number>();
  const key = (cue: Cue) => `${cue.startMs}-${cue.endMs}`;
  for (const cue of cues) counts.set(key(cue), (counts.get(key(cue)) ?? 0) + 1);
  return cues.map((cue) => (counts.get(key(cue)) ?? 0) > 1);
}

/**
 * A report on a transcript. `durationMs` of the media counts the silence after the last cue and finds cues after the end; `null`
 * if unknown. Below `minUsable` (0–1 of the words) no clips are cut.
 */
export function transcriptQuality(
  transcript: Pick<Transcript, 'cues' | 'language' | 'estimatedTimes'>,
  durationMs: number | null,
  { minUsable }: { minUsable: number },
): TranscriptQuality {
  const { cues } = transcript;
  const { gaps, overlaps, heardUntil } = gapsAndOverlaps(cues, durationMs);
  const shared = sharedTimes(cues);
  const wordsOf = cues.map((cue) => spokenWords(cue.text));
  const words = wordsOf.reduce((sum, said) => sum + said.length, 0);
  const loops = findLoops(wordsOf.flat());
  let usable = 0;
  let looping = 0;
  let beyond = 0;
  let first = 0;
  cues.forEach((cue, at) => {
    const said = wordsOf[at]?.length ?? 0;
    let repeated = 0;
    for (let word = first; word < first + said; word++) if (loops.repeated[word]) repeated++;
    first += said;
    if (said > 0 && repeated * 2 > said) looping++;
    const isBeyond = durationMs !== null && cue.startMs > durationMs + END_MS;
    if (isBeyond) beyond++;
    const squeezed = cue.text.length > 20 && cue.text.length * 1000 > (cue.endMs - cue.startMs) * CHARS_PER_SECOND;
    if (!isBeyond && !squeezed && !shared[at]) usable += said - repeated;
  });
  const minutes = Math.max(durationMs ?? 0, heardUntil) / 60_000;
  const sharing = shared.filter(Boolean).length;
  const declared = transcript.language === null ? null : languageCode(transcript.language);
  const figures = {
    cues: cues.length,
    words,
    wordsPerMinute: minutes > 0 ? Math.round((words / minutes) * 10) / 10 : 0,
    gaps,
    overlaps: { count: overlaps, share: share(overlaps, cues.length) },
    sharedTimes: { count: sharing, share: share(sharing, cues.length) },
    repetition: { loops: loops.count, longest: loops.longest, share: share(looping, cues.length) },
    language:
      declared ??
      detectLanguage(
        cues
          .slice(0, 500)
          .map(({ text }) => text)
          .join(' '),
      ),
    estimatedTimes: transcript.estimatedTimes ?? false,
    usableShare: share(usable, words),
  };
  return { ...figures, ...judge({ ...figures, beyondEnd: share(beyond, cues.length) }, minUsable) };
}
