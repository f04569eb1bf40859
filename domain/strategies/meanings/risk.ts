import type { Lesson } from '../lesson.ts';
import { readParameter } from '../parameters.ts';
import { indicator, type Meaning, type Plan, price, when } from '../plan.ts';

/**
 * Keywords that say how a trade is protected, not when it opens: what they teach goes into the stop, target and size; entry
 * and exit are the plainest trend rule, and say that the lesson does not state them.
 */
const plainTrend = (lesson: Lesson): Plan => {
  const period = readParameter(lesson, {
    name: 'SMA period',
    terms: ['SMA', 'moving average', 'simple moving average'],
    kinds: ['period'],
    fallback: 20,
    min: 2,
    max: 500,
  });
  const average = indicator('sma', { period: period.value });
  const cross = (side: 'crosses_above' | 'crosses_below') => ({
    conditions: [when(price('close'), side, average)],
    parameters: [period],
    evidence: [],
  });
  return { direction: 'long', entry: [cross('crosses_above')], exit: [cross('crosses_below')] };
};

export const riskMeanings: readonly Meaning[] = [
  {
    keywords: [
      'stop loss',
      'trailing stop',
      'take profit',
      'profit target',
      'risk reward',
      'risk reward ratio',
      'R multiple',
      'risk management',
      'risk per trade',
      'position sizing',
      'position size',
      'ATR',
      'average true range',
      'volatility',
    ],
    build: plainTrend,
  },
];
