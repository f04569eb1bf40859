import type { Condition } from '../../../contracts/strategies.ts';
import { indicator, type Meaning, type Plan, price, when } from '../plan.ts';

const rising = (barsAgo: number): Condition => when(price('close', barsAgo), 'above', price('open', barsAgo));
const falling = (barsAgo: number): Condition => when(price('close', barsAgo), 'below', price('open', barsAgo));

/** A pattern of bars opens; the close beyond the other end of the last three bars closes. */
const pattern = (direction: 'long' | 'short', conditions: Condition[], evidence: readonly RegExp[]): Plan => {
  const leave = { name: 'exit period', value: 3, citations: [] };
  const isLong = direction === 'long';
  const level = indicator(isLong ? 'lowest_low' : 'highest_high', { period: leave.value, barsAgo: 1 });
  return {
    direction,
    entry: [{ conditions, parameters: [], evidence }],
    exit: [
      { conditions: [when(price('close'), isLong ? 'below' : 'above', level)], parameters: [leave], evidence: [] },
    ],
    stop: { kind: 'swing', amount: 0.2, period: 3 },
  };
};

const BULLISH_ENGULFING = [
  falling(1),
  rising(0),
  when(price('open'), 'at_or_below', price('close', 1)),
  when(price('close'), 'above', price('open', 1)),
];
const BEARISH_ENGULFING = [
  rising(1),
  falling(0),
  when(price('open'), 'at_or_above', price('close', 1)),
  when(price('close'), 'below', price('open', 1)),
];
const INSIDE_THEN_UP = [
  when(price('high', 1), 'below', price('high', 2)),
  when(price('low', 1), 'above', price('low', 2)),
  when(price('close'), 'above', price('high', 1)),
];
const OUTSIDE_UP = [
  when(price('high'), 'above', price('high', 1)),
  when(price('low'), 'below', price('low', 1)),
  when(price('close'), 'above', price('high', 1)),
];
/** No wicks: the bar opens at its low and closes at its high. */
const MARUBOZU = [
  rising(0),
  when(price('low'), 'at_or_above', price('open')),
  when(price('high'), 'at_or_below', price('close')),
];
const GAP_UP = [when(price('low'), 'above', price('high', 1))];
const GAP_DOWN = [when(price('high'), 'below', price('low', 1))];
const SOLDIERS = [
  rising(2),
  rising(1),
  rising(0),
  when(price('close', 1), 'above', price('close', 2)),
  when(price('close'), 'above', price('close', 1)),
];
const CROWS = [
  falling(2),
  falling(1),
  falling(0),
  when(price('close', 1), 'below', price('close', 2)),
  when(price('close'), 'below', price('close', 1)),
];

export const candlestickMeanings: readonly Meaning[] = [
  {
    keywords: ['bullish engulfing', 'engulfing pattern'],
    build: () => pattern('long', BULLISH_ENGULFING, [/\bengulf\w*\b/i]),
  },
  { keywords: ['bearish engulfing'], build: () => pattern('short', BEARISH_ENGULFING, [/\bengulf\w*\b/i]) },
  { keywords: ['inside bar'], build: () => pattern('long', INSIDE_THEN_UP, [/\binside (bar|day)\b/i]) },
  { keywords: ['outside bar'], build: () => pattern('long', OUTSIDE_UP, [/\boutside (bar|day)\b/i]) },
  { keywords: ['marubozu'], build: () => pattern('long', MARUBOZU, [/\bmarubozus?\b/i]) },
  { keywords: ['gap up'], build: () => pattern('long', GAP_UP, [/\bgaps?\b/i]) },
  { keywords: ['gap down'], build: () => pattern('short', GAP_DOWN, [/\bgaps?\b/i]) },
  { keywords: ['three white soldiers'], build: () => pattern('long', SOLDIERS, [/\bthree white soldiers\b/i]) },
  { keywords: ['three black crows'], build: () => pattern('short', CROWS, [/\bthree black crows\b/i]) },
];
