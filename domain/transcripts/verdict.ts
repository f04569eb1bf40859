/** What a transcript's figures mean: a verdict, whether clips are cut, and why. */
import type { TranscriptQuality } from '../../contracts/transcripts.ts';

export type Figures = Omit<TranscriptQuality, 'verdict' | 'clipping'> & {
  /** Share of the cues that begin after the media's end. */
  beyondEnd: number;
};

const percent = (share: number) => `${Math.round(share * 100)} %`;

/** Why no clip can be cut, or `null`. */
function obstacle(figures: Figures, minUsable: number): string | null {
  if (figures.words === 0) return 'No clips: the transcript has no words.';
  if (figures.estimatedTimes)
    return 'No clips: the text has no times of its own, and reckoned ones would cut at the wrong places. Give a transcript with times.';
  if (figures.sharedTimes.share >= 0.5)
    return `No clips: ${percent(figures.sharedTimes.share)} of the cues share their times with others, so the times are made up. Give a transcript with times of its own for each cue.`;
  if (figures.beyondEnd >= 0.2)
    return `No clips: ${percent(figures.beyondEnd)} of the cues begin after the media's end, so the transcript belongs to another file or cut.`;
  if (figures.usableShare < minUsable)
    return `No clips: only ${percent(figures.usableShare)} of the words are usable, ${percent(minUsable)} are needed (TRANSCRIPT_MIN_USABLE); the rest repeats in loops or has no usable time.`;
  return null;
}

/** What is wrong, in words, the worst first. */
function faults(figures: Figures): string[] {
  const { repetition, sharedTimes, overlaps, wordsPerMinute, words } = figures;
  const found: string[] = [];
  if (figures.estimatedTimes) found.push('times are reckoned, not read');
  if (figures.usableShare < 0.9) found.push(`${percent(1 - figures.usableShare)} of the words are not usable`);
  if (repetition.share >= 0.03)
    found.push(
      `${repetition.loops} ${repetition.loops === 1 ? 'loop repeats' : 'loops repeat'} words up to ${repetition.longest} times`,
    );
  if (sharedTimes.share >= 0.05) found.push(`${percent(sharedTimes.share)} of the cues share their times`);
  if (overlaps.share >= 0.3) found.push(`${percent(overlaps.share)} of the cues overlap the one before`);
  if (figures.beyondEnd > 0) found.push(`${percent(figures.beyondEnd)} of the cues begin after the media's end`);
  if (words >= 100 && wordsPerMinute > 320)
    found.push(`${Math.round(wordsPerMinute)} words a minute is faster than speech`);
  if (words >= 100 && wordsPerMinute < 20)
    found.push(`${Math.round(wordsPerMinute)} words a minute: much of the media has no text`);
  return found;
}

/** `poor`: no clips, or half of it is noise; `fair`: something is wrong; `good`: nothing is. */
export function judge(figures: Figures, minUsable: number): Pick<TranscriptQuality, 'verdict' | 'clipping'> {
  const no = obstacle(figures, minUsable);
  const wrong = faults(figures);
  if (no !== null)
    return {
      verdict: figures.estimatedTimes && figures.usableShare >= 0.9 ? 'fair' : 'poor',
      clipping: { go: false, reason: no },
    };
  const but = wrong.length > 0 ? `; but ${wrong.join(', ')}` : '';
  return {
    verdict: wrong.length === 0 ? 'good' : 'fair',
    clipping: {
      go: true,
      reason: `Times are the file's own and ${percent(figures.usableShare)} of the words are usable${but}.`,
    },
  };
}

/** One line for the run's record, or `null` when there is nothing to say. */
export const qualityNote = ({ verdict, clipping }: TranscriptQuality): string | null =>
  verdict === 'good' ? null : `transcript ${verdict}: ${clipping.reason}`;
