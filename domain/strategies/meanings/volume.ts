import type { Lesson } from '../lesson.ts';
import { readParameter } from '../parameters.ts';
import { indicator, type Meaning, number, type Plan, price, said, when } from '../plan.ts';
import { before, VOLUME_TERMS } from './breakout.ts';

/** Unusual volume on a rising bar. */
const volume = (lesson: Lesson): Plan => {
  const multiple = readParameter(lesson, {
    name: 'volume multiple',
    terms: VOLUME_TERMS,
    kinds: ['multiple', 'ratio'],
    fallback: 1.5,
    min: 1,
    max: 10,
    integer: false,
  });
  const period = readParameter(lesson, {
    name: 'volume average period',
    terms: VOLUME_TERMS,
    kinds: ['period'],
    fallback: 20,
    min: 2,
    max: 200,
    quote: /average|volume/i,
  });
  const leave = { name: 'exit period', value: 10, citations: [] };
  return {
    direction: 'long',
    entry: [
      {
        conditions: [
          when(indicator('volume_ratio', { period: period.value }), 'at_or_above', number(multiple.value)),
          when(price('close'), 'above', price('close', 1)),
        ],
        parameters: [multiple, period],
        evidence: [/\bvolume\b/i, said(multiple.value)],
      },
    ],
    exit: [
      {
        conditions: [when(price('close'), 'below', before('lowest_low', leave.value))],
        parameters: [leave],
        evidence: [/\b(exit|leave|sell)\b/i, /\blow\b/i, said(leave.value)],
      },
    ],
  };
};

export const volumeMeanings: readonly Meaning[] = [
  {
    keywords: ['volume', 'volume ratio', 'relative volume', 'average volume', 'volume spike'],
    build: volume,
  },
];
