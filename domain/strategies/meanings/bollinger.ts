import type { Lesson } from '../lesson.ts';
import { type Parameter, readParameter } from '../parameters.ts';
import { firstTaught, indicator, type Meaning, type Plan, price, when } from '../plan.ts';

const TERMS = ['Bollinger bands', 'Bollinger band', 'standard deviation'];
const LOWER = /\blower\b.*\bband\b|\bband\b.*\bbelow\b/i;

const numbers = (lesson: Lesson) => {
  const period = readParameter(lesson, {
    name: 'band period',
    terms: TERMS,
    kinds: ['period'],
    fallback: 20,
    min: 5,
    max: 200,
  });
  const deviations = readParameter(lesson, {
    name: 'band deviations',
    terms: TERMS,
    kinds: ['deviations', 'multiple'],
    fallback: 2,
    min: 0.5,
    max: 5,
    integer: false,
  });
  const settings = { period: period.value, deviations: deviations.value };
  const band = (line: 'upper' | 'middle' | 'lower') => indicator('bollinger', { line, ...settings });
  return { band, parameters: [period, deviations] };
};

/** Buy what is stretched: the close falls below the lower band (or comes back above it, if so taught); leave at the middle. */
const reversion = (lesson: Lesson): Plan => {
  const { band, parameters } = numbers(lesson);
  const close = price('close');
  const entry = firstTaught(lesson, [
    { conditions: [when(close, 'crosses_below', band('lower'))], parameters, evidence: [LOWER, /\bclos\w+ below\b/i] },
    {
      conditions: [when(close, 'crosses_above', band('lower'))],
      parameters,
      evidence: [LOWER, /\bback (above|inside|into)\b/i],
    },
    {
      conditions: [when(price('low'), 'at_or_below', band('lower'))],
      parameters,
      evidence: [LOWER, /\b(touch|reach)\w*\b/i],
    },
  ]);
  const exit = firstTaught(lesson, [
    {
      conditions: [when(close, 'at_or_above', band('middle'))],
      parameters,
      evidence: [/\bmiddle( bollinger)? band\b/i, /\b(profit|exit|sell|target|leave|close)\b/i],
    },
    {
      conditions: [when(price('high'), 'at_or_above', band('upper'))],
      parameters,
      evidence: [/\bupper( bollinger)? band\b/i, /\b(profit|exit|sell|target|leave)\b/i],
    },
  ]);
  return { direction: 'long', entry: [entry], exit: [exit] };
};

/** Buy the move out of a quiet time. */
const squeeze = (lesson: Lesson): Plan => {
  const { band, parameters } = numbers(lesson);
  const lookback: Parameter = { name: 'quiet time', value: 20, citations: [] };
  return {
    direction: 'long',
    entry: [
      {
        conditions: [
          when(
            indicator('atr', { period: 14, barsAgo: 1 }),
            'below',
            indicator('atr', { period: 14, barsAgo: lookback.value }),
          ),
          when(price('close'), 'crosses_above', band('upper')),
        ],
        parameters: [...parameters, lookback],
        evidence: [/\b(squeeze|narrow|contract\w*|quiet)\b/i, /\b(break\w*|move|expan\w*|above)\b/i],
        note: 'a lower ATR than before stands for narrow bands',
      },
    ],
    exit: [
      {
        conditions: [when(price('close'), 'crosses_below', band('middle'))],
        parameters,
        evidence: [/\bmiddle( bollinger)? band\b/i, /\b(exit|sell|leave|close)\b/i],
      },
    ],
  };
};

export const bollingerMeanings: readonly Meaning[] = [
  {
    keywords: [
      'Bollinger bands',
      'Bollinger band',
      'mean reversion',
      'standard deviation',
      'range trading',
      'sideways market',
      'consolidation',
    ],
    build: reversion,
  },
  {
    keywords: ['squeeze', 'Bollinger squeeze', 'volatility squeeze'],
    build: squeeze,
  },
];
