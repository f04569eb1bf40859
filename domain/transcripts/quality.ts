import type { Transcript } from '../../contracts/transcripts.ts';

/** Silence shorter than this is a pause in speech and no gap. */
const GAP_MS = 3_000;
/** How many cues back a repetition loop is looked for. */
const LOOP = 3;

/** `gapsMs`: total of the silences of 3 s and more. `repeatedShare` 0–1: cues that repeat one of the three before them. */
export type TranscriptQuality = {
  cues: number;
  words: number;
  wordsPerMinute: number;
  gapsMs: number;
  overlaps: number;
  repeatedShare: number;
};

/** A cheap report on a transcript. `durationMs` of the media counts the silence after the last cue; `null` if unknown. */
export function transcriptQuality(transcript: Pick<Transcript, 'cues'>, durationMs: number | null): TranscriptQuality {
  const { cues } = transcript;
  let words = 0;
  let gapsMs = 0;
  let overlaps = 0;
  let repeated = 0;
  let heardUntil = 0;
  const recent: string[] = [];
  const silence = (until: number) => {
    if (until - heardUntil >= GAP_MS) gapsMs += until - heardUntil;
  };
  for (const [at, cue] of cues.entries()) {
    words += cue.text.match(/[\p{L}\p{N}]+(?:['’][\p{L}]+)*/gu)?.length ?? 0;
    silence(cue.startMs);
    if (at > 0 && cue.startMs < heardUntil) overlaps++;
    heardUntil = Math.max(heardUntil, cue.endMs);
    const said = cue.text.toLowerCase();
    if (recent.includes(said)) repeated++;
    recent.push(said);
    if (recent.length > LOOP) recent.shift();
  }
  if (durationMs !== null) silence(durationMs);
  const minutes = Math.max(durationMs ?? 0, heardUntil) / 60_000;
  return {
    cues: cues.length,
    words,
    wordsPerMinute: minutes > 0 ? Math.round((words / minutes) * 10) / 10 : 0,
    gapsMs,
    overlaps,
    repeatedShare: cues.length > 0 ? Math.round((repeated / cues.length) * 1000) / 1000 : 0,
  };
}
