/** The matcher against a search that tries every spelling at every word, written apart from it on purpose. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Lexicon, lexiconSchema, type Loose, type Near, type Term } from '../../contracts/keywords.ts';
import type { Cue } from '../../contracts/transcripts.ts';
import { createMatcher, findHits } from './match.ts';
import { tokenize } from './tokens.ts';
import { Vocabulary } from './vocabulary.ts';

type Word = { text: string; from: number; to: number; linked: boolean };

function split(text: string): Word[] {
  const found: Word[] = [];
  for (const match of text.matchAll(/%|[\p{L}\p{N}\p{M}]+/gu)) {
    const before = found.at(-1);
    const gap = text.slice(before?.to ?? 0, match.index);
    const point = before?.text.length === 1 && (gap === '.' || /^\.\s$/.test(gap));
    const linked = before !== undefined && gap.length < 9 && (point || gap.replaceAll(/[\s\p{Pd}/&'’_+]/gu, '') === '');
    const word = match[0].normalize('NFKC').toLowerCase();
    found.push({ text: word, from: match.index, to: match.index + match[0].length, linked });
  }
  return found;
}

const plain = (spelling: string) => split(spelling).map(({ text }) => text);

/** Whether a phrase stands with its first word at a position, all of its words linked to each other. */
const at = (words: Word[], position: number, phrase: string[]) =>
  position >= 0 &&
  phrase.every((text, n) => words[position + n]?.text === text && (n === 0 || words[position + n]?.linked));

function allowed(
  rules: Pick<Loose, 'notAfter' | 'notBefore' | 'needs' | 'notNear'>,
  words: Word[],
  first: number,
  last: number,
) {
  const after = rules.notAfter
    .map(plain)
    .some((phrase) => words[first]?.linked && at(words, first - phrase.length, phrase));
  const before = rules.notBefore.map(plain).some((phrase) => words[last + 1]?.linked && at(words, last + 1, phrase));
  const near = ({ words: listed, within }: Near) =>
    listed.map(plain).some((phrase) =>
      words.some((_, position) => {
        const forms =
          phrase.length === 1 && /^[a-z]{3,}$/.test(phrase[0] ?? '') ? [phrase, [`${phrase[0]}s`]] : [phrase];
        const end = position + phrase.length - 1;
        const left = position >= first - within && end < first;
        const right = position > last && end <= last + within;
        return (left || right) && forms.some((form) => at(words, position, form));
      }),
    );
  return !after && !before && (!rules.needs || near(rules.needs)) && (!rules.notNear || !near(rules.notNear));
}

function bruteForce({ terms }: Lexicon, text: string): string[] {
  const words = split(text);
  const candidates: { keyword: string; first: number; last: number; chars: number }[] = [];
  for (const term of terms)
    for (const [spelling, loose] of [
      ...[term.keyword, ...term.variants, ...term.misheard].map((listed) => [listed, null] as const),
      ...term.loose.flatMap((own) => own.variants.map((listed) => [listed, own] as const)),
    ])
      for (const first of words.keys()) {
        const phrase = plain(spelling);
        const last = first + phrase.length - 1;
        if (!at(words, first, phrase) || !allowed(term, words, first, last)) continue;
        if (loose && !allowed(loose, words, first, last)) continue;
        candidates.push({
          keyword: term.keyword,
          first,
          last,
          chars: (words[last]?.to ?? 0) - (words[first]?.from ?? 0),
        });
      }
  const size = ({ first, last }: { first: number; last: number }) => last - first;
  candidates.sort((a, b) => size(b) - size(a) || b.chars - a.chars || a.first - b.first);
  const kept: typeof candidates = [];
  for (const one of candidates)
    if (kept.every((other) => other.last < one.first || one.last < other.first)) kept.push(one);
  return kept.sort((a, b) => a.first - b.first).map(({ keyword, first }) => `${keyword}@${words[first]?.from}`);
}

const WORDS = ['x', 'b', 'c', 'xb', 'put', 'puts', 'é', 'ß', '日本', '５', '%', 'cafe\u0301', 'İ', 'Ⅳ'];
const word = fc.constantFrom(...WORDS);
const phrase = fc.array(word, { minLength: 1, maxLength: 3 }).map((list) => list.join(' '));
/** Without words that have a plural, which the lexicon would find too; nor is there an article or a verb among them (forms.test.ts). */
const spelling = phrase.filter((text) => !text.includes('put'));
const near = fc.record({
  words: fc.array(phrase, { minLength: 1, maxLength: 2 }),
  within: fc.integer({ min: 1, max: 4 }),
});
const rules = {
  notAfter: fc.array(phrase, { maxLength: 2 }),
  notBefore: fc.array(phrase, { maxLength: 2 }),
  needs: fc.option(near, { nil: undefined, freq: 1 }),
  notNear: fc.option(near, { nil: undefined, freq: 1 }),
};

/** Spellings are dealt out to a few terms, so that no two terms share one. */
const lexicons = fc
  .tuple(
    fc.uniqueArray(spelling, { minLength: 1, maxLength: 10, selector: (text) => plain(text).join(' ') }),
    fc.infiniteStream(fc.record({ ...rules, guarded: fc.boolean(), loose: fc.boolean() })),
  )
  .map(([spellings, stream]): Lexicon => {
    const terms: Partial<Term>[] = [];
    for (const [position, spelling] of spellings.entries()) {
      const [drawn] = stream.take(1);
      const { guarded = false, loose = false, ...own } = drawn ?? {};
      const latest = terms.at(-1);
      if (position % 3 === 0 || !latest)
        terms.push({ keyword: spelling, variants: [], loose: [], ...(guarded ? own : {}) } as Partial<Term>);
      else if (loose) latest.loose?.push({ variants: [spelling], notAfter: [], notBefore: [], ...own });
      else latest.variants?.push(spelling);
    }
    const whole = terms.map((term) => ({ category: 'macro', definition: 'something to be found', ...term }));
    return lexiconSchema.parse({ version: 'test', terms: whole });
  });

const gaps = fc.constantFrom(
  ' ',
  ' ',
  ' ',
  '-',
  ', ',
  '. ',
  '.',
  ' – ',
  "'",
  '’',
  ' \u2009',
  '\n',
  '; 😀 ',
  '\ud800',
  '         ',
);
const cased = word.chain((text) => fc.constantFrom(text, text, text.toUpperCase()));
const texts = fc
  .array(fc.tuple(cased, gaps), { minLength: 1, maxLength: 40 })
  .map((list) => list.flat().join('').trim());

/** What the matcher finds. In cues of a millisecond for each character a hit's time is the character it starts at. */
function found(lexicon: Lexicon, cues: Cue[]): string[] {
  return findHits(createMatcher(lexicon), cues).map(({ keyword, startMs }) => `${keyword}@${startMs}`);
}

describe('agrees with trying every spelling everywhere', () => {
  test('overlaps, nesting, other scripts, conditions', () => {
    fc.assert(
      fc.property(lexicons, texts, (lexicon, text) => {
        const cue = { index: 0, startMs: 0, endMs: text.length, text };
        expect(found(lexicon, [cue])).toEqual(bruteForce(lexicon, text));
      }),
      { numRuns: 2_000 },
    );
  });

  test('across the borders of cues', () => {
    fc.assert(
      fc.property(lexicons, fc.array(texts, { minLength: 2, maxLength: 5 }), (lexicon, pieces) => {
        const cues: Cue[] = [];
        let from = 0;
        for (const [index, text] of pieces.entries()) {
          cues.push({ index, startMs: from, endMs: from + text.length, text });
          from += text.length + 1;
        }
        const text = pieces.join(' ');
        expect(found(lexicon, cues)).toEqual(bruteForce(lexicon, text));
      }),
      { numRuns: 500 },
    );
  });

  test('any text is split into the words that tokenize sees', () => {
    const wild = fc
      .array(fc.oneof(fc.string({ unit: 'binary' }), fc.string(), texts), { maxLength: 6 })
      .map((list) => list.join(''));
    fc.assert(
      fc.property(wild, (text) => {
        const tokens = tokenize(text);
        const vocabulary = new Vocabulary(tokens.map((token) => token.word));
        const { count, ids, starts, ends, joined } = vocabulary.scan(text);
        const scanned = Array.from({ length: count }, (_, n) => [ids[n], starts[n], ends[n], joined[n] === 1]);
        expect(scanned).toEqual(
          tokens.map((token) => [vocabulary.idOf(token.word), token.start, token.end, token.joined]),
        );
      }),
      { numRuns: 2_000 },
    );
  });
});
