import { type Lesson, mentions } from '../lesson.ts';
import { readParameter } from '../parameters.ts';
import { firstTaught, indicator, type Meaning, number, type Plan, said, when } from '../plan.ts';
import { buildStochastic } from './stochastic.ts';

const TERMS = ['RSI', 'relative strength index'];
const RSI = /\b(rsi|relative strength)\b/i;
const UP = /\b(cross|climb|turn|move|rise|come|break|get|go)\w*\b.*\b(above|over)\b/i;
const DOWN = /\b(cross|drop|turn|move|fall|come|break|get|go)\w*\b.*\b(below|under|beneath)\b/i;
const BUY = /\b(buy|bought|long|enter|entry)\b/i;
const LEAVE = /\b(exit|sell|close|profit|leave|get out)\b/i;
const SHORT = /\b(short|sell)\b/i;

const numbers = (lesson: Lesson) => {
  const read = { kinds: ['period'] as const, min: 2, max: 100 };
  const period = readParameter(lesson, { ...read, name: 'RSI period', terms: TERMS, fallback: 14 });
  const low = readParameter(lesson, {
    name: 'oversold level',
    terms: [...TERMS, 'oversold'],
    kinds: ['threshold_below', 'threshold_above'],
    fallback: 30,
    min: 5,
    max: 45,
    integer: false,
  });
  const high = readParameter(lesson, {
    name: 'overbought level',
    terms: [...TERMS, 'overbought'],
    kinds: ['threshold_above', 'threshold_below'],
    fallback: 70,
    min: 55,
    max: 95,
    integer: false,
  });
  return { period, low, high, rsi: indicator('rsi', { period: period.value }) };
};

/** Buy weakness that ends: the RSI comes back above the oversold level; leave at the overbought level. */
const long = (lesson: Lesson): Plan => {
  const { period, low, high, rsi } = numbers(lesson);
  const entry = firstTaught(lesson, [
    {
      conditions: [when(rsi, 'crosses_above', number(low.value))],
      parameters: [period, low],
      evidence: [RSI, UP, said(low.value)],
    },
    {
      conditions: [when(rsi, 'below', number(low.value))],
      parameters: [period, low],
      evidence: [RSI, BUY, DOWN, said(low.value)],
    },
  ]);
  const leave = { parameters: [period, high], evidence: [RSI, LEAVE, /\b(above|over)\b/i, said(high.value)] };
  return {
    direction: 'long',
    entry: [entry],
    exit: [{ ...leave, conditions: [when(rsi, 'crosses_above', number(high.value))] }],
  };
};

/** Sell strength that ends: the RSI falls back below the overbought level; leave at the oversold level. */
const short = (lesson: Lesson): Plan => {
  const { period, low, high, rsi } = numbers(lesson);
  const evidence = [RSI, DOWN, said(high.value)];
  return {
    direction: 'short',
    entry: [{ conditions: [when(rsi, 'crosses_below', number(high.value))], parameters: [period, high], evidence }],
    exit: [
      {
        conditions: [when(rsi, 'crosses_below', number(low.value))],
        parameters: [period, low],
        evidence: [RSI, SHORT, DOWN, said(low.value)],
      },
    ],
  };
};

/** "Oversold" and "overbought" are said of the stochastic as well: it is meant where a lesson speaks of it and not of the RSI. */
const ofStochastic = (lesson: Lesson): boolean => mentions(lesson, /\bstochastic\b/i) && !mentions(lesson, RSI);

export const rsiMeanings: readonly Meaning[] = [
  { keywords: ['RSI', 'relative strength index'], build: long },
  {
    keywords: ['oversold'],
    build: (lesson) => (ofStochastic(lesson) ? buildStochastic(lesson, 'long') : long(lesson)),
  },
  {
    keywords: ['overbought'],
    build: (lesson) => (ofStochastic(lesson) ? buildStochastic(lesson, 'short') : short(lesson)),
  },
];
