import type { Lesson } from '../lesson.ts';
import { readParameter, readPeriodPair } from '../parameters.ts';
import { indicator, type Meaning, number, type Plan, when } from '../plan.ts';

const TERMS = ['MACD', 'MACD histogram', 'signal line', 'histogram'];

const numbers = (lesson: Lesson) => {
  const { fast, slow } = readPeriodPair(lesson, { terms: ['MACD', 'signal line'], fast: 12, slow: 26, max: 200 });
  const signal = readParameter(lesson, {
    name: 'signal period',
    terms: TERMS,
    kinds: ['signal_period'],
    fallback: 9,
    min: 2,
    max: 100,
  });
  const periods = { fast: fast.value, slow: slow.value, signal: signal.value };
  const line = (name: 'macd' | 'signal' | 'histogram') => indicator('macd', { line: name, ...periods });
  return { line, parameters: [fast, slow, signal] };
};

/** The MACD crosses its signal line upwards; leave when it crosses back. */
const crossing = (lesson: Lesson): Plan => {
  const { line, parameters } = numbers(lesson);
  const evidence = (side: RegExp) => [/\bmacd\b/i, /\bcross\w*\b/i, side, /\bsignal line\b/i];
  return {
    direction: 'long',
    entry: [
      {
        conditions: [when(line('macd'), 'crosses_above', line('signal'))],
        parameters,
        evidence: evidence(/\b(above|over)\b/i),
      },
    ],
    exit: [
      {
        conditions: [when(line('macd'), 'crosses_below', line('signal'))],
        parameters,
        evidence: evidence(/\b(below|under)\b/i),
      },
    ],
  };
};

/** Momentum turns: the histogram crosses zero. */
const histogram = (lesson: Lesson): Plan => {
  const { line, parameters } = numbers(lesson);
  const evidence = (side: RegExp) => [/\b(histogram|momentum)\b/i, /\b(cross|turn)\w*\b/i, side];
  return {
    direction: 'long',
    entry: [
      {
        conditions: [when(line('histogram'), 'crosses_above', number(0))],
        parameters,
        evidence: evidence(/\b(above|positive)\b/i),
      },
    ],
    exit: [
      {
        conditions: [when(line('histogram'), 'crosses_below', number(0))],
        parameters,
        evidence: evidence(/\b(below|negative)\b/i),
      },
    ],
  };
};

export const macdMeanings: readonly Meaning[] = [
  { keywords: ['MACD', 'signal line', 'MACD crossover', 'moving average convergence divergence'], build: crossing },
  { keywords: ['MACD histogram', 'histogram', 'momentum', 'momentum trading'], build: histogram },
];
