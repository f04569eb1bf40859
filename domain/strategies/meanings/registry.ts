import { plainTerm } from '../parameters.ts';
import type { Meaning } from '../plan.ts';
import { bollingerMeanings } from './bollinger.ts';
import { breakoutMeanings } from './breakout.ts';
import { candlestickMeanings } from './candlesticks.ts';
import { macdMeanings } from './macd.ts';
import { movingAverageMeanings } from './moving-averages.ts';
import { riskMeanings } from './risk.ts';
import { rsiMeanings } from './rsi.ts';
import { stochasticMeanings } from './stochastic.ts';
import { volumeMeanings } from './volume.ts';

/** Every keyword family that rules can express. A new one is one file and one line here. */
const families: readonly (readonly Meaning[])[] = [
  rsiMeanings,
  movingAverageMeanings,
  macdMeanings,
  bollingerMeanings,
  stochasticMeanings,
  breakoutMeanings,
  volumeMeanings,
  riskMeanings,
  candlestickMeanings,
];

const byKeyword = new Map(
  families.flat().flatMap((meaning) => meaning.keywords.map((keyword) => [plainTerm(keyword), meaning] as const)),
);

/** Keywords with a meaning in rules, as spelled in the families. */
export const RULE_KEYWORDS: readonly string[] = families.flat().flatMap((meaning) => meaning.keywords);

/** How the keyword reads as rules; `null` when rules can't express it. Case, hyphens and a plural s do not matter. */
export const findMeaning = (keyword: string): Meaning | null => byKeyword.get(plainTerm(keyword)) ?? null;
export const hasRuleMeaning = (keyword: string): boolean => byKeyword.has(plainTerm(keyword));
