import type { Lesson } from '../lesson.ts';
import { readParameter } from '../parameters.ts';
import { indicator, type Meaning, number, type Plan, price, type RulePlan, said, when } from '../plan.ts';

const TERMS = [
  'breakout',
  'breakdown',
  'donchian channel',
  'high',
  'low',
  'resistance',
  'support',
  'new high',
  'range',
];
export const VOLUME_TERMS = ['volume', 'relative volume', 'volume ratio', 'average volume', 'breakout'];

/** Levels are those of the bars before: a close can't be above a high that its own bar has just set. */
export const before = (name: 'highest_high' | 'lowest_low', period: number) => indicator(name, { period, barsAgo: 1 });

const readPeriod = (lesson: Lesson, name: string, fallback: number, quote: RegExp) =>
  readParameter(lesson, { name, terms: TERMS, kinds: ['period'], fallback, min: 2, max: 500, quote });

/** Only where the lesson asks for it: not every breakout is taught with volume. */
const withVolume = (lesson: Lesson, plan: RulePlan): RulePlan => {
  const multiple = readParameter(lesson, {
    name: 'volume multiple',
    terms: VOLUME_TERMS,
    kinds: ['multiple', 'ratio'],
    fallback: 0,
    min: 1,
    max: 10,
    integer: false,
    quote: /\bvolume\b|\btimes\b/i,
  });
  if (multiple.citations.length === 0) return plan;
  const average = { name: 'volume average period', value: 20, citations: [] };
  const ratio = when(indicator('volume_ratio', { period: average.value }), 'at_or_above', number(multiple.value));
  return { ...plan, conditions: [...plan.conditions, ratio], parameters: [...plan.parameters, multiple, average] };
};

/** The close leaves the range of the last bars. */
const breakout = (lesson: Lesson, direction: 'long' | 'short'): Plan => {
  const isLong = direction === 'long';
  const enter = readPeriod(
    lesson,
    'breakout period',
    20,
    isLong ? /\bhighs?\b|breakout|donchian/i : /\blows?\b|breakdown|donchian/i,
  );
  const leave = readPeriod(lesson, 'exit period', 10, isLong ? /\blows?\b/i : /\bhighs?\b/i);
  const [top, bottom] = [/\b(high|highs|resistance)\b/i, /\b(low|lows|support)\b/i];
  const entry: RulePlan = {
    conditions: [
      isLong
        ? when(price('close'), 'above', before('highest_high', enter.value))
        : when(price('close'), 'below', before('lowest_low', enter.value)),
    ],
    parameters: [enter],
    evidence: [isLong ? top : bottom, isLong ? /\b(above|over)\b/i : /\b(below|under)\b/i, said(enter.value)],
  };
  const exit: RulePlan = {
    conditions: [
      isLong
        ? when(price('close'), 'below', before('lowest_low', leave.value))
        : when(price('close'), 'above', before('highest_high', leave.value)),
    ],
    parameters: [leave],
    evidence: [isLong ? bottom : top, isLong ? /\b(below|under)\b/i : /\b(above|over)\b/i, said(leave.value)],
  };
  return { direction, entry: [withVolume(lesson, entry)], exit: [exit] };
};

/** Buy where buyers stepped in before: the bar dips to the low of the last bars and closes above it. */
const support = (lesson: Lesson): Plan => {
  const period = readPeriod(lesson, 'support period', 20, /\blows?\b|support/i);
  const level = before('lowest_low', period.value);
  return {
    direction: 'long',
    entry: [
      {
        conditions: [when(price('low'), 'at_or_below', level), when(price('close'), 'above', level)],
        parameters: [period],
        evidence: [/\bsupport\b/i, /\b(buy|bounce\w*|hold\w*|held|long|buyers)\b/i],
        note: 'the lowest low stands for support',
      },
    ],
    exit: [
      {
        conditions: [when(price('close'), 'below', level)],
        parameters: [period],
        evidence: [/\bsupport\b/i, /\b(break\w*|broken|fail\w*|below)\b/i],
      },
    ],
    stop: { kind: 'swing', amount: 0.5, period: 5 },
  };
};

export const breakoutMeanings: readonly Meaning[] = [
  {
    keywords: [
      'breakout',
      'resistance',
      'donchian channel',
      'new high',
      'higher high',
      'swing high',
      'price channel',
      'break of structure',
      'supply zone',
    ],
    build: (lesson) => breakout(lesson, 'long'),
  },
  { keywords: ['breakdown', 'new low', 'lower low', 'swing low'], build: (lesson) => breakout(lesson, 'short') },
  { keywords: ['support', 'support level', 'support and resistance', 'demand zone'], build: support },
];
