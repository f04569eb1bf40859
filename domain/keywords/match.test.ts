import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keywordHitSchema } from '../../contracts/keywords.ts';
import type { Cue } from '../../contracts/transcripts.ts';
import { qualityTrust } from './confidence.ts';
import { LEXICON } from './lexicon.ts';
import { createMatcher, findHits } from './match.ts';

const cuesOf = (...texts: string[]): Cue[] =>
  texts.map((text, index) => ({ index, startMs: index * 4_000, endMs: index * 4_000 + 4_000, text }));
const all = createMatcher(LEXICON);
const found = (...texts: string[]) => findHits(all, cuesOf(...texts)).map((hit) => hit.keyword);

describe('what counts', () => {
  test.each([
    [
      'case, hyphens, plurals',
      'Stop-Losses and STOP LOSS, bollinger-bands',
      ['stop loss', 'stop loss', 'Bollinger bands'],
    ],
    ['letters spoken one by one', 'the r s i and the R.S.I. rise', ['RSI', 'RSI']],
    ['possessive', "the RSI's level", ['RSI']],
    ['full-width letters', 'ＲＳＩ', ['RSI']],
    [
      'the longest term',
      'a trailing stop loss under the simple moving average',
      ['trailing stop', 'simple moving average'],
    ],
    ['whole words only', 'diversificationism, parsing a matrix, overatr', []],
    ['no term across a sentence or comma', 'keep it moving. Average traders stop, loss after loss', []],
    ['bare everyday words', 'put it there, call me, stop it, a long and short story', []],
    ['support as a price level', 'price held support. Support is a level', ['support', 'support']],
    ['support and resistance', 'support and resistance', ['support and resistance']],
    [
      'support as help',
      'Your support helps. Call customer support or the support team. We support you; thanks for the support',
      [],
    ],
    ['resistance as exercise', 'resistance training with resistance bands', []],
    [
      'what speech recognition hears',
      'are s i, mac d and fib a nacci levels',
      ['RSI', 'MACD', 'Fibonacci retracement'],
    ],
    ['stop with an order near it', 'your stop goes below the swing low', ['stop loss', 'swing low']],
    ['stop without one', 'please stop here, the bus stop, I could not stop laughing', []],
    ['spread with a broker near it', 'the broker widens the spread, jam is spread thin', ['bid ask spread']],
    [
      'short and long as positions',
      'we are long from support and they went short',
      ['long position', 'support', 'short selling'],
    ],
    ['short and long as lengths', 'a long time ago, for a short while, in the long run', []],
    ['stochastic in mathematics', 'a stochastic process with a stochastic term', []],
    ['calls and puts', 'buy a call option or sell a put', ['call option', 'put option']],
  ])('%s', (_, text, keywords) => expect(found(text)).toEqual(keywords));

  test('a guard does not reach over the end of a sentence', () => {
    expect(found('Ask the customer. Support held at fifty.')).toEqual(['support']);
  });
});

describe('hits', () => {
  test('lie across cue borders, with the cues they touch', () => {
    const [hit] = findHits(all, cuesOf('we use the moving', 'average here'));
    expect(hit).toMatchObject({ keyword: 'moving average', variant: 'moving average', cueIndexes: [0, 1] });
    expect(hit?.startMs).toBe(Math.round((4_000 * 11) / 17));
    expect(hit?.endMs).toBe(4_000 + Math.round((4_000 * 7) / 12));
  });

  test('take the times of words where the cue has them', () => {
    const word = (text: string, startMs: number) => ({ text, startMs, endMs: startMs + 200 });
    const cue = {
      index: 7,
      startMs: 0,
      endMs: 9_000,
      text: 'the stop-loss now',
      words: [word('the', 100), word('stop-loss', 5_000), word('now', 8_000)],
    };
    expect(findHits(all, [cue])[0]).toMatchObject({ startMs: 5_000, endMs: 5_200, cueIndexes: [7] });
  });

  test('have surroundings of ten seconds, cut to a readable length', () => {
    const filler = Array.from({ length: 40 }, (_, index) => `filler sentence number ${index}`);
    const [hit] = findHits(all, cuesOf(...filler.slice(0, 20), 'here is the RSI for you', ...filler.slice(20)));
    expect(hit?.contextText).toContain('the RSI for you');
    expect(hit?.contextText.startsWith('filler')).toBe(true);
    expect(hit?.contextText).not.toContain('number 10');
    const [long] = findHits(all, cuesOf(`${'x'.repeat(5_000)} ${'word '.repeat(500)}RSI${' word'.repeat(500)}`));
    expect(long?.contextText.length).toBeLessThanOrEqual(500);
    expect(long?.contextText).toContain('RSI');
  });

  test('are surer in company: a word of everyday language alone stays below 0.7', () => {
    expect(findHits(all, cuesOf('support is here'))[0]?.confidence).toBeLessThan(0.7);
    expect(findHits(all, cuesOf('support is here, says the RSI'))[0]?.confidence).toBe(0.88);
    expect(findHits(all, cuesOf('the MACD'))[0]?.confidence).toBe(0.95);
  });

  test('are worth less in a poor transcript, and left out below a threshold', () => {
    const cues = cuesOf('the MACD');
    const poor = qualityTrust({ verdict: 'poor', usableShare: 0.5 });
    expect(findHits(all, cues, { trust: poor })[0]?.confidence).toBe(0.686);
    expect(findHits(all, cues, { trust: poor, minConfidence: 0.7 })).toEqual([]);
    expect(qualityTrust(null)).toBe(1);
    expect(qualityTrust({ verdict: 'good', usableShare: 1 })).toBe(1);
  });

  test('by their spelling: keyword, variant, misheard or letters', () => {
    const confidence = (text: string) => findHits(all, cuesOf(text))[0]?.confidence;
    expect(['the MACD', 'the MACD line', 'the mac d', 'the m a c d'].map(confidence)).toEqual([
      0.95, 0.931, 0.855, 0.855,
    ]);
  });

  test('of some keywords are the hits of all, filtered', () => {
    const cues = cuesOf('the stop loss, the trailing stop loss and the r s i');
    const some = findHits(createMatcher(LEXICON, ['Stop-Loss', 'rsi']), cues);
    expect(some).toEqual(findHits(all, cues).filter((hit) => ['stop loss', 'RSI'].includes(hit.keyword)));
    expect(some.map((hit) => hit.keyword)).toEqual(['stop loss', 'RSI']);
    expect(findHits(createMatcher(LEXICON, []), cues)).toEqual([]);
    expect(() => createMatcher(LEXICON, ['sunshine'])).toThrow(/sunshine.*closest/);
  });
});

describe('properties', () => {
  test('any text in any cues gives valid hits inside their cues, in order', () => {
    const piece = fc.oneof(
      fc.constantFrom('RSI', 'stop', 'loss', 'moving', 'average', 'support', 'team', '.', '-', '%'),
      fc.string({ unit: 'binary', maxLength: 6 }),
    );
    const texts = fc.array(
      fc.array(piece, { minLength: 1, maxLength: 8 }).map((list) => list.join(' ').trim() || 'x'),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(texts, (list) => {
        const cues = cuesOf(...list);
        let last = 0;
        for (const hit of findHits(all, cues)) {
          keywordHitSchema.parse(hit);
          expect(hit.startMs).toBeGreaterThanOrEqual(last);
          expect(hit.endMs).toBeGreaterThan(hit.startMs);
          expect(cues[hit.cueIndexes[0] ?? -1]?.startMs).toBeLessThanOrEqual(hit.startMs);
          expect(hit.contextText).toContain(hit.variant.trim());
          last = hit.startMs;
        }
      }),
    );
  });
});
