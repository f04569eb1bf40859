/** The words around a match that forbid it, or that it needs. */
import type { Loose, Near, Term } from '../../contracts/keywords.ts';
import type { Place } from './automaton.ts';
import { words } from './tokens.ts';
import type { ScannedText, Vocabulary } from './vocabulary.ts';

type Conditions = Pick<Term, 'notAfter' | 'notBefore' | 'needs' | 'notNear'>;
type Contexts = Readonly<Record<string, string[]>>;
type Phrase = number[];
type CompiledNear = { single: ReadonlySet<number>; phrases: Phrase[]; within: number };
type Compiled = { notAfter: Phrase[]; notBefore: Phrase[]; needs: CompiledNear | null; notNear: CompiledNear | null };

/** Whether a place counts; `contextMet`: it needed words near it, and they are there. */
export type Verdict = { counts: boolean; contextMet: boolean };
export type Check = (text: ScannedText, place: Place) => Verdict;

/** The words of a list as they are compared, contexts ("@order") in their place; null names a context that there is not. */
export function nearWords(near: Near, contexts: Contexts): string[][] {
  const listed = near.words.flatMap((word) => (word.startsWith('@') ? (contexts[word.slice(1)] ?? []) : [word]));
  return listed.map(words).flatMap((phrase) => {
    const [only = ''] = phrase;
    return phrase.length === 1 && /^[a-z]{3,}$/.test(only) ? [phrase, [`${only}s`]] : [phrase];
  });
}

/** All words that the conditions of a term speak of. */
export function conditionWords({ notAfter, notBefore, needs, notNear }: Conditions, contexts: Contexts): string[] {
  const near = [needs, notNear].flatMap((list) => (list ? nearWords(list, contexts) : []));
  return [...notAfter.flatMap(words), ...notBefore.flatMap(words), ...near.flat()];
}

/** The checks of a term's spellings, for texts scanned with this vocabulary; those of a loose spelling come on top. */
export function compileCheck(term: Term, loose: Loose | null, vocabulary: Vocabulary, contexts: Contexts): Check {
  const all = [term, ...(loose ? [loose] : [])].map((conditions) => compile(conditions, vocabulary, contexts));
  const needy = all.some(({ needs }) => needs !== null);
  return (text, place) => {
    const counts = all.every((compiled) => passes(compiled, text, place));
    return { counts, contextMet: counts && needy };
  };
}

function compile(conditions: Conditions, vocabulary: Vocabulary, contexts: Contexts): Compiled {
  const ids = (phrase: string[]) => phrase.map((word) => vocabulary.idOf(word));
  const phrases = (listed: string[]) => listed.map((phrase) => ids(words(phrase))).filter(({ length }) => length > 0);
  const near = (list: Near | undefined): CompiledNear | null => {
    if (!list) return null;
    const compiled = nearWords(list, contexts).map(ids);
    return {
      single: new Set(compiled.flatMap(([only = -1, ...rest]) => (rest.length === 0 ? [only] : []))),
      phrases: compiled.filter(({ length }) => length > 1),
      within: list.within,
    };
  };
  return {
    notAfter: phrases(conditions.notAfter),
    notBefore: phrases(conditions.notBefore),
    needs: near(conditions.needs),
    notNear: near(conditions.notNear),
  };
}

function passes({ notAfter, notBefore, needs, notNear }: Compiled, text: ScannedText, place: Place): boolean {
  const { first, last } = place;
  // Linked words only: a guard does not reach over the end of a sentence.
  if (text.joined[first] === 1)
    for (const phrase of notAfter) if (standsAt(text, first - phrase.length, phrase, 1)) return false;
  for (const phrase of notBefore) if (standsAt(text, last + 1, phrase, 0)) return false;
  return (needs === null || isNear(text, place, needs)) && (notNear === null || !isNear(text, place, notNear));
}

/** Whether a phrase stands at a word; its words must be linked from the one at `linkedFrom` on. */
function standsAt({ ids, joined, count }: ScannedText, at: number, phrase: Phrase, linkedFrom: number): boolean {
  if (at < 0 || at + phrase.length > count) return false;
  for (let offset = 0; offset < phrase.length; offset++) {
    if (ids[at + offset] !== phrase[offset]) return false;
    if (offset >= linkedFrom && joined[at + offset] === 0) return false;
  }
  return true;
}

function isNear(text: ScannedText, { first, last }: Place, { single, phrases, within }: CompiledNear): boolean {
  const stands = (from: number, to: number) => {
    for (let at = Math.max(0, from); at < Math.min(text.count, to); at++) {
      if (single.has(text.ids[at] ?? -1)) return true;
      for (const phrase of phrases) if (at + phrase.length <= to && standsAt(text, at, phrase, 1)) return true;
    }
    return false;
  };
  return stands(first - within, first) || stands(last + 1, last + 1 + within);
}
