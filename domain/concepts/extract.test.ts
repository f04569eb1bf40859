import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { conceptSchema } from '../../contracts/keywords.ts';
import type { Cue } from '../../contracts/transcripts.ts';
import { LEXICON } from '../keywords/lexicon.ts';
import { extractConcepts } from './extract.ts';
import { readItems } from './items.ts';
import { holdsNumber, spokenNumber } from './numbers.ts';

const cuesOf = (...texts: string[]): Cue[] =>
  texts.map((text, index) => ({ index, startMs: index * 4_000, endMs: index * 4_000 + 4_000, text }));
const numbers = (...texts: string[]) =>
  extractConcepts(cuesOf(...texts), LEXICON)
    .filter(({ parameter }) => parameter !== null && parameter !== 'relation')
    .map(({ term, parameter, value }) => `${term} ${parameter} ${value}`)
    .toSorted();

describe('spoken numbers', () => {
  test.each([
    ['14', 14],
    ['1.5', 1.5],
    ['10,000', 10_000],
    ['fifty', 50],
    ['twenty five', 25],
    ['two hundred', 200],
    ['hundred', 100],
    ['one hundred and twenty', 120],
    ['one point five', 1.5],
    ['point two five', 0.25],
    ['one and a half', 1.5],
    ['half a percent', 0.5],
    ['twelve twenty six nine', 12],
    ['word', null],
    ['and', null],
  ])('%s', (text, value) => expect(spokenNumber(text.split(' '), 0)?.value ?? null).toBe(value));
});

describe('terms with a number in them', () => {
  const kinds = (text: string) => readItems(text, LEXICON).map(({ kind }) => kind);

  test('are words and numbers, unless the number is part of the name', () => {
    expect(kinds('risk 2 %')).toEqual(['word', 'number', 'word']);
    expect(kinds('risk two percent')).toEqual(['word', 'number', 'word']);
    expect(kinds('three white soldiers')).toEqual(['term']);
    expect(kinds('risk per trade')).toEqual(['term']);
  });

  test.each([
    ['risk 2 %', true],
    ['two to one', true],
    ['half a percent risk', true],
    ['risk per trade', false],
    ['', false],
  ])('a number in “%s”: %s', (text, expected) => expect(holdsNumber(text.split(' '))).toBe(expected));
});

describe('parameters', () => {
  test.each([
    ['the 14-period RSI', ['RSI period 14']],
    ['an RSI with a period of fourteen', ['RSI period 14']],
    ['set the RSI to 9', ['RSI period 9']],
    ['RSI over the last 21 days', ['RSI period 21']],
    ['the fifty day moving average', ['moving average period 50']],
    ['a two-hundred-day simple moving average', ['simple moving average period 200']],
    ['the 9 and 21 EMA', ['exponential moving average period 21', 'exponential moving average period 9']],
    ['the 50 and 200-day moving averages', ['moving average period 200', 'moving average period 50']],
    ['wait until the RSI is below 30', ['RSI threshold_below 30']],
    ['the RSI crosses back above thirty', ['RSI threshold_above 30']],
    ['the stochastic is over eighty', ['stochastic threshold_above 80']],
    ['RSI below 30 or above 70', ['RSI threshold_above 70', 'RSI threshold_below 30']],
    ['an RSI of 70 or higher', ['RSI threshold_above 70']],
    [
      'i like the rsi on a fourteen period setting and when it goes under thirty i look for longs',
      ['RSI period 14', 'RSI threshold_below 30'],
    ],
    ['a stop loss 2% below your entry', ['stop loss percent 2']],
    ['the 61.8 percent Fibonacci retracement', ['Fibonacci retracement percent 61.8']],
    [
      'Bollinger Bands, 20 period, 2 standard deviations',
      ['Bollinger bands deviations 2', 'Bollinger bands period 20'],
    ],
    ['above 70 on the RSI we sell', ['RSI threshold_above 70']],
    ['Look at the RSI. When it drops below 30 we buy.', ['RSI threshold_below 30']],
    ['risk one percent of your account', ['risk per trade percent 1']],
    ['I only risk 2 % of my account', ['risk per trade percent 2']],
    ['we risk no more than 2% per trade', ['risk per trade percent 2']],
    ['a stop loss of 5 percent', ['stop loss percent 5']],
    ['the drawdown reaches ten percent', ['drawdown percent 10']],
    ['two times ATR', ['ATR multiple 2']],
    ['place the stop two ATR below entry', ['ATR multiple 2', 'stop loss multiple 2']],
    ['a trailing stop of one and a half times the ATR', ['ATR multiple 1.5', 'trailing stop multiple 1.5']],
    ['volume is 1.5 times its 20-day average', ['volume multiple 1.5', 'volume period 20']],
    ['twice the average volume', ['volume multiple 2']],
    ['a risk reward ratio of two to one', ['risk reward ratio ratio 2']],
    ['a 1:3 risk-reward', ['risk reward ratio ratio 3']],
    ['risk reward of at least 2.5', ['risk reward ratio ratio 2.5']],
    ['MACD 12, 26, 9', ['MACD fast_period 12', 'MACD signal_period 9', 'MACD slow_period 26']],
    [
      'the MACD settings are twelve, twenty-six and nine',
      ['MACD fast_period 12', 'MACD signal_period 9', 'MACD slow_period 26'],
    ],
    ['a stochastic with 14, 3, 3', ['stochastic period 14', 'stochastic signal_period 3', 'stochastic slow_period 3']],
    [
      'Bollinger bands use a 20-period average and two standard deviations',
      ['Bollinger bands deviations 2', 'Bollinger bands period 20'],
    ],
    ['Bollinger bands, 20 and 2', ['Bollinger bands deviations 2', 'Bollinger bands period 20']],
    ['the twenty-one EMA', ['exponential moving average period 21']],
    ['an RSI between 40 and 60 says nothing', ['RSI threshold_above 40', 'RSI threshold_below 60']],
    [
      'when the stochastic is between twenty and eighty',
      ['stochastic threshold_above 20', 'stochastic threshold_below 80'],
    ],
    ['risk one to two percent of your account', ['risk per trade percent 1', 'risk per trade percent 2']],
    ['risk 1-2% per trade', ['risk per trade percent 1', 'risk per trade percent 2']],
    [
      'a stop loss of two to three ATR',
      ['ATR multiple 2', 'ATR multiple 3', 'stop loss multiple 2', 'stop loss multiple 3'],
    ],
    ['two or three times the ATR', ['ATR multiple 2', 'ATR multiple 3']],
    ['risk to reward of one to three', ['risk reward ratio ratio 3']],
    ['half a percent risk per trade', ['risk per trade percent 0.5']],
    ['a stop at one and a half ATR', ['ATR multiple 1.5', 'stop loss multiple 1.5']],
    ['the hundred day moving average', ['moving average period 100']],
    [
      'the 8, 13 and 21 EMAs',
      [
        'exponential moving average period 13',
        'exponential moving average period 21',
        'exponential moving average period 8',
      ],
    ],
    ['the CCI rises above one hundred', ['CCI threshold_above 100']],
    ['an ADX above twenty-five', ['ADX threshold_above 25']],
    ['RSI drops under thirty five', ['RSI threshold_below 35']],
    ['Bollinger Bands at two and a half standard deviations', ['Bollinger bands deviations 2.5']],
    ['our breakout: price closes above the 20-day high', ['breakout period 20', 'new high period 20']],
  ])('%s', (text, expected) => expect(numbers(text)).toEqual(expected));

  test('numbers that belong to something else stay out', () => {
    for (const text of [
      'The RSI moves between 0 and 100.',
      'two moving averages and three EMAs',
      'price is above the 20 dollars while RSI rises',
      'the RSI was fine. We sold 30 shares below 50 dollars.',
      'when the RSI turns and price falls below 30',
      'ATR is 3 dollars',
      'page 30 RSI',
      'it took me 14 years to learn RSI',
      'risk 50 percent of your account',
      'we met at two to one o clock',
      'if you lose 50 percent of your account',
      'the RSI. It was a long day with 30 people. Below 30 there is a cellar.',
    ])
      expect(numbers(text), text).toEqual([]);
  });

  test('are read across cue borders and quoted literally', () => {
    const [concept] = extractConcepts(cuesOf('we buy when the RSI crosses', 'back above 30 again'), LEXICON);
    expect(concept).toMatchObject({ term: 'RSI', quote: 'RSI crosses back above 30', cueIndexes: [0, 1], value: 30 });
  });

  test('a term without a number comes once, without a value', () => {
    const concepts = extractConcepts(cuesOf('a golden cross, and one more golden cross'), LEXICON);
    expect(concepts).toMatchObject([{ term: 'golden cross', parameter: null, value: null, quote: 'golden cross' }]);
  });
});

describe('relations', () => {
  const told = (...texts: string[]) =>
    extractConcepts(cuesOf(...texts), LEXICON)
      .filter(({ parameter }) => parameter === 'relation')
      .map(
        ({ term, value, relation, reference }) =>
          `${reference} ${relation} ${term}${value === null ? '' : ` ${value}`}`,
      );

  test.each([
    ['price closes above the 200-day moving average', ['price above moving average 200']],
    ['when the market is trading below the 50 EMA', ['price below exponential moving average 50']],
    [
      'the 9 EMA crosses above the 21 EMA',
      ['exponential moving average 9 crosses_above exponential moving average 21'],
    ],
    ['the MACD crosses below its signal line', ['macd crosses_below signal line']],
    ['price breaks above resistance', ['price breaks_above resistance']],
    ['and then it broke below the neckline', ['price breaks_below neckline']],
    ['price bounces off support', ['price bounces_off support']],
    ['it was rejected at the VWAP', ['price rejected_at VWAP']],
    ['the candle touches the lower Bollinger band', ['price touches Bollinger bands']],
    ['a daily close above the previous day high', ['price above previous day high']],
    ['price has been holding above the Ichimoku cloud', ['price above Ichimoku cloud']],
    ['we want price to stay above the VWAP', ['price above VWAP']],
    ['the stock falls below its fifty day simple moving average', ['price breaks_below simple moving average 50']],
    ['price crosses back over the trendline', ['price crosses_above trendline']],
    ['the RSI is above 70', []],
    ['above all the moving average is simple', []],
    ['the price of the moving average course is over', []],
    ['he stood above. The moving average rose', []],
  ])('%s', (text, expected) => expect(told(text)).toEqual(expected));

  test('are quoted literally, across cue borders', () => {
    const [concept] = extractConcepts(
      cuesOf('we buy when the price closes', 'above the 50-day moving average'),
      LEXICON,
    ).filter(({ parameter }) => parameter === 'relation');
    expect(concept).toMatchObject({
      quote: 'price closes above the 50-day moving average',
      cueIndexes: [0, 1],
      value: 50,
    });
  });
});

test('whatever is said: valid concepts, quotes out of the text, one for each term, parameter and start', () => {
  const piece = fc.constantFrom(
    ...'RSI|ATR|MACD|stochastic|Bollinger bands|moving average|stop loss|volume|risk|reward|14|30|two|hundred|percent|%|times|below|above|to|and|it|is|period|day|,|.|the|standard deviations|settings|1.5|:|<'.split(
      '|',
    ),
  );
  const texts = fc.array(
    fc.array(piece, { minLength: 1, maxLength: 12 }).map((list) => list.join(' ')),
    { maxLength: 8 },
  );
  fc.assert(
    fc.property(texts, (list) => {
      const cues = cuesOf(...list);
      const joined = list.join(' ');
      const concepts = extractConcepts(cues, LEXICON);
      for (const concept of concepts) {
        conceptSchema.parse(concept);
        expect(joined).toContain(concept.quote);
        expect(concept.endMs).toBeGreaterThan(concept.startMs);
      }
      const keys = concepts.map(({ term, parameter, startMs }) => `${term}|${parameter}|${startMs}`);
      expect(new Set(keys).size).toBe(keys.length);
    }),
    { numRuns: 400 },
  );
});
