import { describe, expect, test } from 'vitest';
import { TapeworksError } from '../../contracts/errors.ts';
import { CATEGORIES, lexiconSchema } from '../../contracts/keywords.ts';
import { canonicalKeyword, LEXICON, requireKeyword } from './lexicon.ts';
import { words } from './tokens.ts';

describe('the lexicon', () => {
  test('is valid, with at least eight terms in every category', () => {
    expect(lexiconSchema.parse(LEXICON)).toEqual(LEXICON);
    expect(LEXICON.terms.length).toBeGreaterThanOrEqual(400);
    for (const category of CATEGORIES)
      expect(LEXICON.terms.filter((term) => term.category === category).length, category).toBeGreaterThanOrEqual(8);
  });

  test('has no spelling twice, none without a word, and none of the everyday words', () => {
    const owners = new Map<string, string>();
    for (const { keyword, variants, misheard, loose } of LEXICON.terms)
      for (const spelling of [keyword, ...variants, ...misheard, ...loose.flatMap((own) => own.variants)]) {
        const spelt = words(spelling).join(' ');
        expect(spelt, keyword).not.toBe('');
        expect(owners.get(spelt), `“${spelling}” of ${keyword}`).toBeUndefined();
        owners.set(spelt, keyword);
      }
    const strict = new Set(
      LEXICON.terms.flatMap(({ keyword, variants }) => [keyword, ...variants].map((text) => words(text).join(' '))),
    );
    for (const everyday of [
      'call',
      'put',
      'stop',
      'long',
      'short',
      'buy',
      'sell',
      'market',
      'price',
      'risk',
      'hammer',
      'flag',
    ])
      expect(strict.has(everyday), everyday).toBe(false);
  });

  test('explains each term in a sentence of its own', () => {
    const definitions = LEXICON.terms.map(({ definition }) => definition);
    expect(new Set(definitions).size).toBe(LEXICON.terms.length);
    for (const definition of definitions) expect(definition).toMatch(/^[A-Z0-9].{25,}\.$/);
  });

  test.each([
    ['rsi', 'RSI'],
    ['Relative-Strength  Index', 'RSI'],
    ['r s i', 'RSI'],
    ['EMAs', 'exponential moving average'],
    ['stop-loss', 'stop loss'],
    ['stoploss', 'stop loss'],
    ['risk/reward', 'risk reward ratio'],
    ['BOLLINGER BAND', 'Bollinger bands'],
    ['williams %r', 'Williams %R'],
    ['head and shoulders patterns', 'head and shoulders'],
    ['diversification', 'diversification'],
    ['sunshine', null],
    ['', null],
  ])('canonical spelling of “%s”', (text, keyword) => expect(canonicalKeyword(LEXICON, text)).toBe(keyword));

  test('an unknown keyword is answered with the closest terms', () => {
    expect(() => requireKeyword(LEXICON, 'bolinger bnads')).toThrow(TapeworksError);
    try {
      requireKeyword(LEXICON, 'bolinger bnads');
    } catch (error) {
      if (!(error instanceof TapeworksError)) throw error;
      expect(error.code).toBe('UNKNOWN_KEYWORD');
      expect(error.details['closest']).toContain('Bollinger bands');
    }
  });
});
