import type { Lexicon } from '../../contracts/keywords.ts';
import { PhraseAutomaton, type Place } from './automaton.ts';
import { type Check, compileCheck, conditionWords } from './conditions.ts';
import { type Spelling, spellingIndex } from './spellings.ts';
import { type ScannedText, Vocabulary } from './vocabulary.ts';

/** A term in a text: characters `[start, end)`. `contextMet`: it needed certain words near it, and they are there. */
export type FoundTerm = { spelling: Spelling; start: number; end: number; contextMet: boolean };

/** Finds all terms of one lexicon. Made once per lexicon; building it costs more than a search. */
export type TermFinder = { lexicon: Lexicon; find: (text: string) => FoundTerm[] };

type CheckedPlace = Place & { contextMet: boolean };

/** Where places overlap the one of more words wins, then the longer, then the earlier. In order of the text. */
function longestFirst(places: CheckedPlace[], { starts, ends, count }: ScannedText): CheckedPlace[] {
  const taken = new Uint8Array(count);
  const chars = ({ first, last }: Place) => (ends[last] ?? 0) - (starts[first] ?? 0);
  const ranked = places.toSorted(
    (a, b) => b.last - b.first - (a.last - a.first) || chars(b) - chars(a) || a.first - b.first,
  );
  return ranked
    .filter(({ first, last }) => {
      for (let at = first; at <= last; at++) if (taken[at] === 1) return false;
      taken.fill(1, first, last + 1);
      return true;
    })
    .toSorted((a, b) => a.first - b.first);
}

const finders = new WeakMap<Lexicon, TermFinder>();

/**
 * The finder of a lexicon: whole words, any case, only where a term's conditions allow it, and of those that overlap the longest.
 * Linear in the text.
 */
export function termFinder(lexicon: Lexicon): TermFinder {
  const known = finders.get(lexicon);
  if (known) return known;
  const spellings = [...spellingIndex(lexicon).values()];
  const { contexts, terms } = lexicon;
  const vocabulary = new Vocabulary([
    ...spellings.flatMap((spelling) => spelling.words),
    ...terms.flatMap((term) => [term, ...term.loose].flatMap((conditions) => conditionWords(conditions, contexts))),
  ]);
  const automaton = new PhraseAutomaton(
    spellings.map((spelling) => spelling.words),
    vocabulary,
  );
  const checks = spellings.map(({ term, loose }): Check => compileCheck(term, loose, vocabulary, contexts));
  const find = (text: string): FoundTerm[] => {
    const scanned = vocabulary.scan(text);
    const places = automaton.find(scanned).flatMap((place): CheckedPlace[] => {
      const verdict = checks[place.phrase]?.(scanned, place);
      return verdict?.counts === true ? [{ ...place, contextMet: verdict.contextMet }] : [];
    });
    return longestFirst(places, scanned).flatMap(({ phrase, first, last, contextMet }) => {
      const spelling = spellings[phrase];
      const [start, end] = [scanned.starts[first] ?? 0, scanned.ends[last] ?? 0];
      return spelling ? [{ spelling, start, end, contextMet }] : [];
    });
  };
  const finder = { lexicon, find };
  finders.set(lexicon, finder);
  return finder;
}
