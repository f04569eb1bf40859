import type { Lexicon, LexiconTerm, Loose, Term } from '../../contracts/keywords.ts';
import { formsOf, heardAs } from './forms.ts';
import { words } from './tokens.ts';

/** How a spelling came about; it bears on a hit's confidence. `letters`: an abbreviation said letter by letter. */
export type SpellingKind = 'canonical' | 'variant' | 'misheard' | 'letters';

/** A spelling under which a term is found. `loose` holds the conditions it has of its own. */
export type Spelling<Of extends Term = LexiconTerm> = {
  words: string[];
  term: Of;
  kind: SpellingKind;
  loose: Loose | null;
};

const isAbbreviation = (spelling: string) => /^[A-Z]{3,5}$/.test(spelling);

/** The spellings as they are listed; an entry without a word is none. */
export function listedSpellings<Of extends Term>(term: Of): Spelling<Of>[] {
  const spelt = (spelling: string, kind: SpellingKind, loose: Loose | null = null) => ({
    words: words(spelling),
    term,
    kind,
    loose,
  });
  return [
    spelt(term.keyword, 'canonical'),
    ...term.variants.map((variant) => spelt(variant, 'variant')),
    ...term.misheard.map((variant) => spelt(variant, 'misheard')),
    ...term.loose.flatMap((loose) => loose.variants.map((variant) => spelt(variant, 'variant', loose))),
  ].filter((spelling) => spelling.words.length > 0);
}

/**
 * What follows from the listed ones, misheard ones apart: the forms of phrases and what is heard for them, plurals of abbreviations, and abbreviations letter by
 * letter ("r s i"). Plurals of other single words are listed in the lexicon, because some are verbs.
 */
function derivedSpellings(term: LexiconTerm): Spelling[] {
  const strict = [term.keyword, ...term.variants];
  const phrases = listedSpellings(term).filter(({ kind }) => kind !== 'misheard');
  const abbreviations = strict.filter(isAbbreviation).map((spelling) => spelling.toLowerCase());
  return [
    ...phrases.flatMap(({ words: spelt, loose }) =>
      formsOf(spelt).map((form) => ({ words: form, term, kind: 'variant' as const, loose })),
    ),
    ...phrases.flatMap(({ words: spelt, loose }) =>
      heardAs(spelt).map((heard) => ({ words: heard, term, kind: 'misheard' as const, loose })),
    ),
    ...abbreviations.flatMap((letters): Spelling[] => [
      ...(letters.endsWith('s') ? [] : [{ words: [`${letters}s`], term, kind: 'variant' as const, loose: null }]),
      { words: letters.split(''), term, kind: 'letters', loose: null },
    ]),
  ];
}

const indexes = new WeakMap<Lexicon, Map<string, Spelling>>();

/** All spellings of a lexicon by their words; where two terms share a spelling, a listed one goes before a derived one. */
export function spellingIndex(lexicon: Lexicon): Map<string, Spelling> {
  const known = indexes.get(lexicon);
  if (known) return known;
  const index = new Map<string, Spelling>();
  for (const spellings of [lexicon.terms.flatMap(listedSpellings), lexicon.terms.flatMap(derivedSpellings)])
    for (const spelling of spellings) {
      const key = spelling.words.join(' ');
      if (!index.has(key)) index.set(key, spelling);
    }
  indexes.set(lexicon, index);
  return index;
}
