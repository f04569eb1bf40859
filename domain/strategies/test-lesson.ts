import type { Concept } from '../../contracts/keywords.ts';
import type { StrategyExample } from '../../contracts/strategies.ts';
import type { TaughtConcept } from './lesson.ts';

/** For tests: one example whose cues last three seconds each and carry ids from `firstId` on. */
export const exampleOf = (keyword: string, texts: readonly string[], firstId = 1): StrategyExample => {
  const cues = texts.map((text, i) => ({ id: firstId + i, startMs: i * 3_000, endMs: (i + 1) * 3_000, text }));
  return {
    hitId: firstId,
    mediaItemId: 7,
    videoId: 'lesson',
    clipId: 3,
    keyword,
    confidence: 0.95,
    startMs: 0,
    endMs: 3_000,
    cues,
  };
};

/** For tests: a concept read from the cues `cueIds` of such an example. */
export const conceptOf = (
  term: string,
  parameter: Concept['parameter'],
  value: number | null,
  quote: string,
  cueIds: number[],
): TaughtConcept => ({
  term,
  category: 'technical_indicator',
  parameter,
  value,
  relation: null,
  reference: null,
  quote,
  startMs: ((cueIds[0] ?? 1) - 1) * 3_000,
  endMs: (cueIds.at(-1) ?? 1) * 3_000,
  cueIds,
  mediaItemId: 7,
  clipId: 3,
});

/** For tests: a lesson on the RSI whose rules run over cue borders. */
export const RSI_TEXTS = [
  'I use the 21-period RSI on the daily chart.',
  'We wait until the RSI has been below 25,',
  'and we buy when the RSI crosses back above 25.',
  'We take profit when the RSI crosses above 75.',
  'The stop loss is three ATR below entry.',
] as const;

export const RSI_CONCEPTS: TaughtConcept[] = [
  conceptOf('RSI', 'period', 21, '21-period RSI', [1]),
  conceptOf('RSI', 'threshold_below', 25, 'RSI has been below 25', [2]),
  conceptOf('RSI', 'threshold_above', 75, 'RSI crosses above 75', [4]),
  conceptOf('stop loss', 'multiple', 3, 'stop loss is three ATR', [5]),
];
