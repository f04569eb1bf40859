import { type Lesson, mentions } from '../lesson.ts';
import { type Parameter, readParameter, readPeriodPair } from '../parameters.ts';
import { indicator, type Meaning, type Plan, price, said, when } from '../plan.ts';

type Kind = 'sma' | 'ema';
const SIMPLE = ['moving average', 'SMA', 'simple moving average', 'golden cross', 'death cross', 'crossover'];
const EXPONENTIAL = ['EMA', 'exponential moving average'];
const AVERAGE = /\b(moving averages?|sma|ema|averages?|golden cross|death cross)\b/i;
const CROSS_UP = /\b(cross\w*|clos\w*|break\w*)\b.*\b(above|over)\b/i;
const CROSS_DOWN = /\b(cross\w*|clos\w*|break\w*)\b.*\b(below|under)\b/i;

const kindFor = (lesson: Lesson, keyword: string): Kind => {
  if (/\b(ema|exponential)\b/i.test(keyword)) return 'ema';
  if (/\b(sma|simple)\b/i.test(keyword)) return 'sma';
  return mentions(lesson, /\b(ema|exponential)\b/i) && !mentions(lesson, /\b(sma|simple|moving average)\b/i)
    ? 'ema'
    : 'sma';
};

const readPeriod = (lesson: Lesson, kind: Kind, fallback: number): Parameter =>
  readParameter(lesson, {
    name: `${kind.toUpperCase()} period`,
    terms: kind === 'ema' ? EXPONENTIAL : SIMPLE,
    kinds: ['period'],
    fallback,
    min: 2,
    max: 500,
  });

/** The close crosses one average. */
const priceCross = (lesson: Lesson, keyword: string): Plan => {
  const kind = kindFor(lesson, keyword);
  const period = readPeriod(lesson, kind, kind === 'ema' ? 20 : 50);
  const average = indicator(kind, { period: period.value });
  return {
    direction: 'long',
    entry: [
      {
        conditions: [when(price('close'), 'crosses_above', average)],
        parameters: [period],
        evidence: [AVERAGE, /\b(price|clos\w+)\b/i, CROSS_UP, said(period.value)],
      },
    ],
    exit: [
      {
        conditions: [when(price('close'), 'crosses_below', average)],
        parameters: [period],
        evidence: [AVERAGE, /\b(price|clos\w+)\b/i, CROSS_DOWN, said(period.value)],
      },
    ],
  };
};

/** A fast average crosses a slow one; the same crossing the other way ends it. */
const averageCross = (lesson: Lesson, keyword: string, direction: 'long' | 'short'): Plan => {
  const kind = kindFor(lesson, keyword);
  const { fast, slow } = readPeriodPair(lesson, {
    terms: kind === 'ema' ? EXPONENTIAL : SIMPLE,
    fast: kind === 'ema' ? 12 : 50,
    slow: kind === 'ema' ? 26 : 200,
    max: 500,
  });
  const [quick, calm] = [indicator(kind, { period: fast.value }), indicator(kind, { period: slow.value })];
  const parameters = [fast, slow];
  const levels = [said(fast.value), said(slow.value)];
  const up = { conditions: [when(quick, 'crosses_above', calm)], parameters, evidence: [AVERAGE, CROSS_UP, ...levels] };
  const down = { conditions: [when(quick, 'crosses_below', calm)], parameters, evidence: [CROSS_DOWN, ...levels] };
  return direction === 'long' ? { direction, entry: [up], exit: [down] } : { direction, entry: [down], exit: [up] };
};

/** Join a trend: the close crosses the faster average on the trend's side of the slower one. */
const trend = (lesson: Lesson, direction: 'long' | 'short'): Plan => {
  const { fast, slow } = readPeriodPair(lesson, {
    terms: [...SIMPLE, 'trend', 'trend following'],
    fast: 50,
    slow: 200,
    max: 500,
  });
  const quick = indicator('sma', { period: fast.value });
  const calm = indicator('sma', { period: slow.value });
  const isLong = direction === 'long';
  return {
    direction,
    entry: [
      {
        conditions: [
          when(price('close'), isLong ? 'crosses_above' : 'crosses_below', quick),
          when(price('close'), isLong ? 'above' : 'below', calm),
        ],
        parameters: [fast, slow],
        evidence: [/\btrend\w*\b/i, isLong ? /\b(above|long|buy)\b/i : /\b(below|short|sell)\b/i, said(slow.value)],
      },
    ],
    exit: [
      {
        conditions: [when(price('close'), isLong ? 'crosses_below' : 'crosses_above', quick)],
        parameters: [fast],
        evidence: [AVERAGE, isLong ? CROSS_DOWN : CROSS_UP, said(fast.value)],
      },
    ],
  };
};

/** Buy the dip of a rising market: the close comes back above a short average while that lies above a longer one. */
const pullback = (lesson: Lesson): Plan => {
  const kind = mentions(lesson, /\b(ema|exponential)\b/i) ? 'ema' : 'sma';
  const period = readPeriod(lesson, kind, 20);
  const filter: Parameter = {
    name: 'trend filter SMA',
    value: Math.min(500, Math.max(50, period.value * 2)),
    citations: [],
  };
  const short = indicator(kind, { period: period.value });
  return {
    direction: 'long',
    entry: [
      {
        conditions: [
          when(price('close'), 'crosses_above', short),
          when(short, 'above', indicator('sma', { period: filter.value })),
        ],
        parameters: [period, filter],
        evidence: [/\b(pull ?-?backs?|dips?|retrac\w+)\b/i, /\b(buy|long|enter|closes? back)\b/i],
        note: `an average above SMA(${filter.value}) stands for the uptrend`,
      },
    ],
    exit: [
      {
        conditions: [when(short, 'below', indicator('sma', { period: filter.value }))],
        parameters: [period, filter],
        evidence: [/\buptrend\b/i, /\b(over|ends?|broken)\b/i],
      },
    ],
  };
};

export const movingAverageMeanings: readonly Meaning[] = [
  {
    keywords: ['moving average', 'SMA', 'simple moving average', 'EMA', 'exponential moving average', 'trend filter'],
    build: priceCross,
  },
  {
    keywords: ['golden cross', 'crossover', 'moving average crossover'],
    build: (lesson, keyword) => averageCross(lesson, keyword, 'long'),
  },
  { keywords: ['death cross'], build: (lesson, keyword) => averageCross(lesson, keyword, 'short') },
  { keywords: ['trend following', 'trend', 'uptrend', 'bull market'], build: (lesson) => trend(lesson, 'long') },
  { keywords: ['downtrend', 'bear market'], build: (lesson) => trend(lesson, 'short') },
  { keywords: ['pullback', 'retracement', 'buy the dip'], build: pullback },
];
