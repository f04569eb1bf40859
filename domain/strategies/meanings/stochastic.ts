import type { Lesson } from '../lesson.ts';
import { readParameter } from '../parameters.ts';
import { indicator, type Meaning, number, type Plan, said, when } from '../plan.ts';

const TERMS = ['stochastic', 'stochastic oscillator', 'stochastics'];
const NAME = /\b(stochastics?|%? ?k|percent k)\b/i;

const numbers = (lesson: Lesson) => {
  const bars = { terms: TERMS, min: 1, max: 100 };
  const levels = { kinds: ['threshold_below', 'threshold_above'] as const, integer: false };
  const period = readParameter(lesson, { ...bars, name: 'stochastic period', kinds: ['period'], min: 5, fallback: 14 });
  const smooth = readParameter(lesson, { ...bars, name: '%K smoothing', kinds: ['slow_period'], max: 10, fallback: 3 });
  const signal = readParameter(lesson, { ...bars, name: '%D period', kinds: ['signal_period'], max: 10, fallback: 3 });
  const low = readParameter(lesson, { ...levels, name: 'oversold level', terms: TERMS, min: 5, max: 45, fallback: 20 });
  const high = readParameter(lesson, {
    ...levels,
    name: 'overbought level',
    terms: TERMS,
    min: 55,
    max: 95,
    fallback: 80,
  });
  const settings = { period: period.value, smooth: smooth.value, signal: signal.value };
  const line = (name: 'k' | 'd') => indicator('stochastic', { line: name, ...settings });
  return { low, high, k: line('k'), d: line('d'), settings: [period, smooth, signal] };
};

/** %K crosses %D in the outer zone; leave in the opposite zone. */
export const buildStochastic = (lesson: Lesson, direction: 'long' | 'short'): Plan => {
  const { low, high, k, d, settings } = numbers(lesson);
  const isLong = direction === 'long';
  const [zone, far] = isLong ? [low, high] : [high, low];
  return {
    direction,
    entry: [
      {
        conditions: [
          when(k, isLong ? 'crosses_above' : 'crosses_below', d),
          when(k, isLong ? 'below' : 'above', number(zone.value)),
        ],
        parameters: [...settings, zone],
        evidence: [/\bcross\w*\b/i, isLong ? /\babove\b/i : /\bbelow\b/i, NAME],
      },
    ],
    exit: [
      {
        conditions: [when(k, isLong ? 'above' : 'below', number(far.value))],
        parameters: [...settings, far],
        evidence: [NAME, /\b(exit|sell|close|cover|leave|profit)\b/i, said(far.value)],
      },
    ],
  };
};

export const stochasticMeanings: readonly Meaning[] = [
  {
    keywords: ['stochastic', 'stochastic oscillator', 'slow stochastic'],
    build: (lesson) => buildStochastic(lesson, 'long'),
  },
];
