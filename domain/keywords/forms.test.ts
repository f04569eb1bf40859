import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lexiconSchema } from '../../contracts/keywords.ts';
import { termFinder } from './find-terms.ts';
import { formsOf, heardAs, pluralOf } from './forms.ts';
import { LEXICON } from './lexicon.ts';

const forms = (spelling: string) => new Set(formsOf(spelling.split(' ')).map((form) => form.join(' ')));

describe('the forms of a phrase', () => {
  test.each([
    ['take profit', ['took profit', 'taking profits', 'takes profits', 'takeprofit']],
    ['hit my stop', ['hit the stop', 'hits your stop', 'hit stop', 'hitting their stops']],
    ['body of the candle', ['body of candle', 'body of that candle', 'bodies of the candle', 'body of those candles']],
    ['break of structure', ['breaks of structure', 'breaking of structure']],
    ['exit strategy', ['exit strategies']],
    ['price level', ['price levels', 'pricelevel']],
  ])('“%s”', (spelling, expected) => {
    for (const form of expected) expect(forms(spelling), form).toContain(form);
  });

  test.each([
    ['in a range', 'in the range', '“in the range” is not sideways'],
    ['break down', 'broke down', 'a verb with its particle has other senses; the lexicon lists it with conditions'],
    ['take some off', 'take off', 'the article is no article'],
    ['stop loss', 'stops loss', 'a noun that is no verb of the list'],
    ['doji', 'dojis', 'forms of single words are listed'],
  ])('“%s” is not “%s”: %s', (spelling, form) => expect(forms(spelling)).not.toContain(form));

  test.each([
    [
      ['stop', 'entry'],
      ['stop', 'entries'],
    ],
    [
      ['swing', 'day'],
      ['swing', 'days'],
    ],
    [
      ['ascending', 'trend'],
      ['ascending', 'trends'],
    ],
    [['day', 'trading'], null],
    [['got', 'stopped'], null],
    [['equal', 'highs'], null],
  ])('plural of %j', (spelt, plural) => expect(pluralOf(spelt)).toEqual(plural));

  test.each([
    ['buy stops', ['by stops', 'bye stops']],
    ['sell side liquidity', ['cell side liquidity']],
    ['buy side', ['bye side']],
    ['fair value gap', ['fare value gap', 'fair valley gap', 'fair value gab', 'fair value cap']],
    ['wick', []],
  ])('“%s” is heard as %j', (spelling, expected) =>
    expect(heardAs(spelling.split(' ')).map((heard) => heard.join(' '))).toEqual(expected),
  );

  test('each is found as the term, and no form is given twice', () => {
    const word = fc.constantFrom('take', 'sold', 'the', 'my', 'some', 'of', 'in', 'profit', 'entry', 'off', 'gap', 'x');
    fc.assert(
      fc.property(fc.array(word, { minLength: 2, maxLength: 4 }), (spelt) => {
        const term = { keyword: spelt.join(' '), category: 'macro', definition: 'something to be found' };
        const { find } = termFinder(lexiconSchema.parse({ version: 'test', terms: [term] }));
        const all = formsOf(spelt).map((form) => form.join(' '));
        expect(new Set(all).size).toBe(all.length);
        for (const form of all) expect(find(form).some(({ end }) => end === form.length)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});

test.each([
  ['they grabbed this liquidity', 'liquidity grab'],
  ['it stopped you out', 'stop loss'],
  ['she trailed her stop and then trailed your stop loss', 'trailing stop'],
  ['never risk more than 2% per trade', 'risk per trade'],
  ['the fifty day crosses above the 200 day moving average', 'moving average'],
])('a whole lexicon finds in “%s” the term %s', (text, keyword) => {
  expect(
    termFinder(LEXICON)
      .find(text)
      .map(({ spelling }) => spelling.term.keyword),
  ).toContain(keyword);
});
