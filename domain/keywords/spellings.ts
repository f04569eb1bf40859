import type { Lexicon, Term } from '../../contracts/keywords.ts';
import { words } from './tokens.ts';

/** A spelling under which a term is found. `kind` bears on a hit's confidence. */
export type Spelling = { words: string[]; term: Term; kind: 'canonical' | 'variant' | 'letters' };

const isAbbreviation = (spelling: string) => /^[A-Z]{3,5}$/.test(spelling);

function pluralOf(spelt: string[]): string[] | null {
  const last = spelt.at(-1) ?? '';
  if (!/^[a-z]{3,}$/.test(last) || /[sgdy]$/.test(last)) return null;
  const plural = /(?:ch|sh|x|z)$/.test(last) ? `${last}es` : `${last}s`;
  return [...spelt.slice(0, -1), plural];
}

/**
 * The spellings of a term: as listed, with the plural of terms of several words and of abbreviations, and abbreviations letter
 * by letter ("r s i"). Plurals of single words are listed in the lexicon, because some are verbs.
 */
export function spellingsOf(term: Term): Spelling[] {
  const found = new Map<string, Spelling>();
  const add = (spelt: string[] | null, kind: Spelling['kind']) => {
    if (!spelt || spelt.length === 0) return;
    const key = spelt.join(' ');
    if (!found.has(key)) found.set(key, { words: spelt, term, kind });
  };
  const listed = [term.keyword, ...term.variants];
  for (const spelling of listed) add(words(spelling), spelling === term.keyword ? 'canonical' : 'variant');
  for (const spelling of listed) {
    const spelt = words(spelling);
    if (spelt.length > 1 || isAbbreviation(spelling)) add(pluralOf(spelt), 'variant');
    if (isAbbreviation(spelling)) add(spelling.toLowerCase().split(''), 'letters');
  }
  return [...found.values()];
}

const indexes = new WeakMap<Lexicon, Map<string, Spelling>>();

/** All spellings of a lexicon by their words; where two terms share a spelling, a listed one goes before a derived one. */
export function spellingIndex(lexicon: Lexicon): Map<string, Spelling> {
  const known = indexes.get(lexicon);
  if (known) return known;
  const index = new Map<string, Spelling>();
  for (const term of lexicon.terms)
    for (const spelling of [term.keyword, ...term.variants]) {
      const spelt = words(spelling);
      const kind = spelling === term.keyword ? 'canonical' : 'variant';
      if (spelt.length > 0 && !index.has(spelt.join(' '))) index.set(spelt.join(' '), { words: spelt, term, kind });
    }
  for (const term of lexicon.terms)
    for (const spelling of spellingsOf(term)) {
      const key = spelling.words.join(' ');
      if (!index.has(key)) index.set(key, spelling);
    }
  indexes.set(lexicon, index);
  return index;
}
