import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keywordHitSchema, lexiconTermSchema } from '../../contracts/keywords.ts';
import { LEXICON } from './lexicon.ts';
import { type Definition, explainableTerms, type Passage, semanticConfidence, semanticHits } from './semantic.ts';

/** A vector of length 1 in three dimensions. */
const vector = (...parts: number[]) => {
  const length = Math.hypot(...parts) || 1;
  return Float32Array.from(parts, (part) => part / length);
};
const definition = (keyword: string, at: Float32Array): Definition => ({
  term: lexiconTermSchema.parse({ keyword, category: 'macro', definition: `What ${keyword} means.` }),
  vector: at,
});
const passage = (startMs: number, at: Float32Array): Passage => ({
  text: `said at ${startMs}`,
  startMs,
  endMs: startMs + 20_000,
  cueIds: [startMs / 1_000 + 1],
  vector: at,
});
const X = definition('x', vector(1, 0, 0));
const Y = definition('y', vector(0, 1, 0));
const find = (
  passages: Passage[],
  spoken: { keyword: string; startMs: number; endMs: number }[] = [],
  definitions = [X, Y],
) => semanticHits({ passages, definitions, spoken, threshold: 0.6 });

describe('a passage explains a term', () => {
  test('when it is close to its definition', () => {
    const [hit] = find([passage(5_000, vector(1, 0.2, 0.2))]);
    expect(hit).toMatchObject({
      keyword: 'x',
      variant: 'x',
      startMs: 5_000,
      endMs: 25_000,
      method: 'semantic',
      cueIds: [6],
    });
    expect(hit?.contextText).toBe('said at 5000');
  });
  test('not when it is far from all', () => expect(find([passage(0, vector(0.3, 0.1, 1))])).toEqual([]));
  test('not when two definitions are as close', () => expect(find([passage(0, vector(1, 0.95, 0))])).toEqual([]));
  test('not when the term is spoken within a minute', () => {
    const at = (startMs: number) => [{ keyword: 'x', startMs, endMs: startMs + 500 }];
    expect(find([passage(0, vector(1, 0, 0))], at(79_000))).toEqual([]);
    expect(find([passage(0, vector(1, 0, 0))], at(81_000))).toHaveLength(1);
    expect(find([passage(0, vector(1, 0, 0))], [{ keyword: 'y', startMs: 0, endMs: 500 }])).toHaveLength(1);
  });
  test('once where passages overlap: the closest', () => {
    const near = [
      passage(0, vector(1, 0.3, 0)),
      passage(10_000, vector(1, 0.1, 0)),
      passage(200_000, vector(1, 0.3, 0)),
    ];
    expect(find(near).map(({ startMs }) => startMs)).toEqual([10_000, 200_000]);
  });
  test('not where another definition says the same', () => {
    const twin = definition('twin', vector(1, 0.1, 0));
    expect(find([passage(0, vector(1, 0, 0))], [], [X, Y, twin])).toEqual([]);
  });
});

test('confidence grows with similarity and stays below what examples need', () => {
  expect(semanticConfidence(0.6, 0.6)).toBe(0.5);
  expect(semanticConfidence(0.65, 0.6)).toBe(0.6);
  expect(semanticConfidence(1, 0.6)).toBe(0.69);
});

test('everyday ideas are not looked for', () => {
  const keywords = explainableTerms(LEXICON).map(({ keyword }) => keyword);
  expect(keywords).toContain('trailing stop');
  expect(keywords).not.toContain('patience');
});

test('any vectors: valid hits, in order of time, one for each keyword and start', () => {
  const any = fc.tuple(
    fc.float({ min: -1, max: 1, noNaN: true }),
    fc.float({ min: -1, max: 1, noNaN: true }),
    fc.constant(0.1),
  );
  fc.assert(
    fc.property(fc.array(any, { maxLength: 20 }), fc.array(any, { maxLength: 6 }), (spots, meanings) => {
      const passages = spots.map((spot, index) => passage(index * 7_000, vector(...spot)));
      const hits = find(
        passages,
        [],
        meanings.map((spot, index) => definition(`term ${index}`, vector(...spot))),
      );
      for (const { cueIds, ...hit } of hits) keywordHitSchema.parse({ ...hit, cueIndexes: cueIds });
      expect(hits.map(({ startMs }) => startMs)).toEqual(hits.map(({ startMs }) => startMs).toSorted((a, b) => a - b));
      expect(new Set(hits.map(({ keyword, startMs }) => `${keyword}@${startMs}`)).size).toBe(hits.length);
    }),
  );
});
