import type { Cue } from '../../contracts/transcripts.ts';
import { formatTime } from './timing.ts';

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** The cues of a clip as WebVTT, times relative to the clip's start and cut to its borders. */
export function cueVtt(cues: Pick<Cue, 'startMs' | 'endMs' | 'text'>[], startMs: number, endMs: number): string {
  const blocks = cues
    .filter((cue) => cue.startMs < endMs && cue.endMs > startMs)
    .map((cue) => {
      const from = formatTime(Math.max(cue.startMs, startMs) - startMs);
      const to = formatTime(Math.min(cue.endMs, endMs) - startMs);
      return `${from} --> ${to}\n${escaped(cue.text.replaceAll(/\s+/g, ' '))}\n`;
    });
  return ['WEBVTT\n', ...blocks].join('\n');
}
