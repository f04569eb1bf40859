import { describe, expect, test } from 'vitest';
import { type LexiconTerm, lexiconTermSchema, termSchema } from '../../contracts/keywords.ts';
import type { Cue } from '../../contracts/transcripts.ts';
import { extendLexicon, termProblems } from './extend.ts';
import { LEXICON } from './lexicon.ts';
import { createMatcher, findHits } from './match.ts';

const term = (fields: object): LexiconTerm =>
  lexiconTermSchema.parse({
    keyword: 'Zorblax squeeze',
    category: 'price_action',
    definition: 'A made-up pattern for tests.',
    source: 'added',
    ...fields,
  });
const kinds = (fields: object) => termProblems(LEXICON, term(fields)).map(({ kind }) => kind);
const cues = (text: string): Cue[] => [{ index: 0, startMs: 0, endMs: 10_000, text }];

describe('a term', () => {
  test.each([
    ['is taken in', {}, []],
    ['has a spelling of another', { variants: ['R.S.I.'] }, ['taken']],
    ['has a derived spelling of another', { variants: ['golden crossovers'] }, ['taken']],
    ['lists a spelling twice', { variants: ['zorb', 'ZORB'] }, ['taken']],
    ['is an everyday word', { keyword: 'Market' }, ['general']],
    ['is nothing but small words', { variants: ['this is it'] }, ['general']],
    ['is a single letter', { misheard: ['x'] }, ['general']],
    ['is an everyday word with a context', { keyword: 'Market', needs: { words: ['wet'] } }, []],
    ['has an everyday word under conditions', { loose: [{ variants: ['market'], notAfter: ['flea'] }] }, []],
    ['has loose spellings without a condition', { loose: [{ variants: ['zorb'] }] }, ['general']],
    ['needs a context that is not there', { needs: { words: ['@nowhere'] } }, ['context']],
    ['needs a context that is there', { needs: { words: ['@trading'] } }, []],
    ['has no word', { keyword: '!!!' }, ['empty']],
  ])('%s', (_, fields, expected) => expect(kinds(fields)).toEqual(expected));

  test.each([
    ['a field that there is not', { colour: 'red' }],
    ['no definition', { definition: undefined }],
    ['an unknown category', { category: 'weather' }],
    ['a weight above one', { weight: 2 }],
  ])('is refused by its shape: %s', (_, fields) => {
    const { source: _source, ...written } = term({});
    expect(termSchema.safeParse({ ...written, ...fields }).success).toBe(false);
  });
});

test('the product holds to its own rules', () => {
  const empty = { ...LEXICON, terms: [] };
  expect(extendLexicon(empty, LEXICON.terms).leftOut).toEqual([]);
});

describe('an extended lexicon', () => {
  const added = term({
    variants: ['zorblax'],
    loose: [{ variants: ['blob'], needs: { words: ['@order'], within: 4 } }],
  });

  test('finds the new term, and has another version', () => {
    const { lexicon, leftOut } = extendLexicon(LEXICON, [added]);
    expect(leftOut).toEqual([]);
    expect(lexicon.version).not.toBe(LEXICON.version);
    const found = (text: string) => findHits(createMatcher(lexicon), cues(text)).map((hit) => hit.keyword);
    expect(found('here is the Zorblax')).toEqual(['Zorblax squeeze']);
    expect(found('a blob there')).toEqual([]);
    expect(found('a blob at this price')).toEqual(['Zorblax squeeze']);
    expect(extendLexicon(LEXICON, [])).toEqual({ lexicon: LEXICON, leftOut: [] });
  });

  test('leaves out what stands in the way of an earlier one, and says so', () => {
    const { lexicon, leftOut } = extendLexicon(LEXICON, [
      added,
      term({ keyword: 'Wibblefish', variants: ['ZORBLAX'] }),
    ]);
    expect(lexicon.terms.at(-1)?.keyword).toBe('Zorblax squeeze');
    expect(leftOut).toMatchObject([{ term: { keyword: 'Wibblefish' }, problems: [{ kind: 'taken' }] }]);
    expect(leftOut[0]?.problems[0]?.message).toContain('Zorblax squeeze');
  });
});
