import type { Lexicon, Term } from '../../contracts/keywords.ts';
import { PhraseAutomaton, type Place } from './automaton.ts';
import { type Spelling, spellingIndex } from './spellings.ts';
import { type Token, tokenize, words } from './tokens.ts';

/** A term in a text: characters `[start, end)`. */
export type FoundTerm = { spelling: Spelling; start: number; end: number };
type Guard = { notAfter: string[][]; notBefore: string[][] };

/** Finds all terms of one lexicon. Made once per lexicon; building it costs more than a search. */
export type TermFinder = { lexicon: Lexicon; find: (text: string) => FoundTerm[] };

const phrases = (listed: string[]) => listed.map(words).filter((phrase) => phrase.length > 0);

/** Whether the phrase stands in the linked words from `first` on, without a comma or a sentence's end in between. */
function standsAt(tokens: Token[], first: number, phrase: string[], linkedFrom: number): boolean {
  return phrase.every((word, offset) => {
    const token = tokens[first + offset];
    return token !== undefined && token.word === word && (first + offset < linkedFrom || token.joined);
  });
}

function isGuarded(tokens: Token[], { first, last }: Place, { notAfter, notBefore }: Guard): boolean {
  const after = notAfter.some(
    (phrase) =>
      tokens[first]?.joined === true && standsAt(tokens, first - phrase.length, phrase, first - phrase.length + 1),
  );
  return after || notBefore.some((phrase) => standsAt(tokens, last + 1, phrase, last + 1));
}

/** Where places overlap the one of more words wins, then the longer, then the earlier. In order of the text. */
function longestFirst(places: Place[], tokens: Token[]): Place[] {
  const taken = new Uint8Array(tokens.length);
  const chars = ({ first, last }: Place) => (tokens[last]?.end ?? 0) - (tokens[first]?.start ?? 0);
  const ranked = places.toSorted(
    (a, b) => b.last - b.first - (a.last - a.first) || chars(b) - chars(a) || a.first - b.first,
  );
  return ranked
    .filter(({ first, last }) => {
      if (taken.subarray(first, last + 1).includes(1)) return false;
      taken.fill(1, first, last + 1);
      return true;
    })
    .toSorted((a, b) => a.first - b.first);
}

const finders = new WeakMap<Lexicon, TermFinder>();

/** The finder of a lexicon: whole words, any case, the longest term where several overlap, none in a guarded place. */
export function termFinder(lexicon: Lexicon): TermFinder {
  const known = finders.get(lexicon);
  if (known) return known;
  const spellings = [...spellingIndex(lexicon).values()];
  const automaton = new PhraseAutomaton(spellings.map((spelling) => spelling.words));
  const guards = new Map<Term, Guard>(
    lexicon.terms.map((term) => [term, { notAfter: phrases(term.notAfter), notBefore: phrases(term.notBefore) }]),
  );
  const find = (text: string): FoundTerm[] => {
    const tokens = tokenize(text);
    const places = automaton.find(tokens).filter((place) => {
      const spelling = spellings[place.phrase];
      const guard = spelling && guards.get(spelling.term);
      return guard !== undefined && !isGuarded(tokens, place, guard);
    });
    return longestFirst(places, tokens).flatMap(({ phrase, first, last }) => {
      const spelling = spellings[phrase];
      return spelling ? [{ spelling, start: tokens[first]?.start ?? 0, end: tokens[last]?.end ?? 0 }] : [];
    });
  };
  const finder = { lexicon, find };
  finders.set(lexicon, finder);
  return finder;
}
