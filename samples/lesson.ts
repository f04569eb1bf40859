/** The sample lesson's parts: its transcript cues and its slides. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { TapeworksError } from '../contracts/errors.ts';

/** One slide; it is shown from `atMs` until the next one. */
export type Slide = { atMs: number; title: string; lines: string[]; chart?: 'averages' | 'signal' };
/** One transcript cue, times in milliseconds. */
export type Cue = { startMs: number; endMs: number; text: string };

const LESSON = new URL('./lesson/', import.meta.url);

/** File of the picture of slide `index`. */
export const slidePicture = (index: number) =>
  fileURLToPath(new URL(`slides/${String(index).padStart(2, '0')}.png`, LESSON));

export async function readSlides(): Promise<Slide[]> {
  const slides: Slide[] = JSON.parse(await readFile(new URL('slides.json', LESSON), 'utf8'));
  return slides;
}

/** The cues of the lesson's own transcript; it is well-formed, so anything else is refused. */
export async function readCues(): Promise<Cue[]> {
  const source = await readFile(new URL('trading-basics.srt', LESSON), 'utf8');
  return source
    .trim()
    .split(/\n\n+/)
    .map((block) => {
      const [number, times = '', ...text] = block.split('\n');
      const [start, end] = times.split(' --> ').map(milliseconds);
      if (start === undefined || end === undefined || Number.isNaN(start + end)) {
        throw new TapeworksError('TRANSCRIPT_BROKEN', `The sample transcript is damaged at cue ${number}.`, { times });
      }
      return { startMs: start, endMs: end, text: text.join(' ') };
    });
}

function milliseconds(time: string): number {
  const [hours, minutes, seconds, rest] = time.split(/[:,]/).map(Number);
  return (((hours ?? NaN) * 60 + (minutes ?? NaN)) * 60 + (seconds ?? NaN)) * 1000 + (rest ?? NaN);
}
