import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { highlights } from './highlights.ts';

const marked = (text: string, query: string) => highlights(text, query).map(([from, to]) => text.slice(from, to));

describe('highlights', () => {
  test.each([
    ['We place stops below support.', 'where do I put my stop?', ['stops']],
    ['The RSI, when oversold', 'rsi oversold', ['RSI', 'oversold']],
    ['trading the trend', 'traded trends', ['trading', 'trend']],
    ['nothing of it', 'what is the', []],
    ['Überkauft heißt teuer', 'überkauft', ['Überkauft']],
    ['समर्थन और प्रतिरोध', 'प्रतिरोध', ['प्रतिरोध']],
    ['', 'rsi', []],
  ])('%s | %s', (text, query, found) => {
    expect(marked(text, query)).toEqual(found);
  });

  test('ranges lie in the text, in order, without overlaps', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (text, query) => {
        let end = 0;
        for (const [from, to] of highlights(text, query)) {
          expect(from).toBeGreaterThanOrEqual(end);
          expect(to).toBeGreaterThan(from);
          end = to;
        }
        expect(end).toBeLessThanOrEqual(text.length);
      }),
    );
  });
});

test.each([
  ['candle', 'candles'],
  ['trade', 'trades'],
  ['trades', 'trading'],
  ['prices', 'price'],
  ['entry', 'entries'],
  ['stop', 'stopping'],
  ['loss', 'losses'],
  ['sell', 'selling'],
  ['buying', 'buys'],
  ['averages', 'average'],
])('"%s" finds "%s"', (asked, said) => {
  expect(highlights(said, asked)).toEqual([[0, said.length]]);
});

test.each([
  ['ring', 'red'],
  ['sting', 'stop'],
  ['bull', 'bear'],
  ['used', 'us'],
])('"%s" is not "%s"', (asked, said) => {
  expect(highlights(said, asked)).toEqual([]);
});
