/** Terms of others joined to a lexicon, and what stands against a term. */
import type { Lexicon, LexiconTerm, Near, Term } from '../../contracts/keywords.ts';
import common from './everyday-words.json' with { type: 'json' };
import { versioned } from './lexicon.ts';
import { listedSpellings, spellingIndex } from './spellings.ts';
import { writingProblems } from './writing.ts';

/**
 * `taken`: another term has the spelling; `general`: it would be found everywhere; `context`: there is no such context; `empty`: it
 * has no letter; `characters`: it has some that no text is compared by.
 */
export type TermProblem = { kind: 'taken' | 'general' | 'context' | 'empty' | 'characters'; message: string };

const EVERYDAY = new Set(common.everyday.split(' '));
const SMALL = new Set(common.small.split(' '));

/** A single everyday word, letter or figure, or nothing but small words. */
const isGeneral = (spelt: string[]) =>
  (spelt.length === 1 && EVERYDAY.has(spelt[0] ?? '')) ||
  (spelt.length === 1 && /^(?:.|\d+)$/u.test(spelt[0] ?? '')) ||
  spelt.every((word) => SMALL.has(word));

/** All that speaks against taking a term into a lexicon; `[]` if nothing does. */
export function termProblems(lexicon: Lexicon, term: Term): TermProblem[] {
  const written = writingProblems(term);
  if (written.length > 0) return written;
  const problems: TermProblem[] = [];
  const add = (kind: TermProblem['kind'], message: string) => problems.push({ kind, message });
  const index = spellingIndex(lexicon);
  const seen = new Set<string>();
  for (const { words: spelt, loose } of listedSpellings(term)) {
    const key = spelt.join(' ');
    const owner = index.get(key)?.term.keyword;
    if (owner !== undefined) add('taken', `“${key}” is a spelling of “${owner}” already.`);
    else if (seen.has(key)) add('taken', `“${key}” is listed twice.`);
    seen.add(key);
    const guarded = term.needs !== undefined || loose !== null;
    if (!guarded && isGeneral(spelt))
      add('general', `“${key}” is everyday language; list it under "loose" with the words it needs near it ("needs").`);
  }
  for (const [position, loose] of term.loose.entries())
    if (!loose.needs && !loose.notNear && loose.notAfter.length + loose.notBefore.length === 0)
      add('general', `loose[${position}] has no condition; list its spellings under "variants" if they need none.`);
  const named = [term, ...term.loose].flatMap(({ needs, notNear }) => [needs, notNear]);
  for (const name of named.flatMap(unknownContexts(lexicon)))
    add('context', `There is no context “@${name}”; there are ${contextNames(lexicon)}.`);
  return problems;
}

const contextNames = ({ contexts }: Lexicon) =>
  Object.keys(contexts)
    .map((name) => `“@${name}”`)
    .join(', ');

const unknownContexts = (lexicon: Lexicon) => (near: Near | undefined) =>
  (near?.words ?? [])
    .filter((word) => word.startsWith('@'))
    .map((word) => word.slice(1))
    .filter((name) => !Object.hasOwn(lexicon.contexts, name));

/** Terms left out of a lexicon, with the reason. */
export type LeftOut = { term: LexiconTerm; problems: TermProblem[] };

/** A lexicon with the terms added that nothing speaks against, one after another; the rest are told, not taken. */
export function extendLexicon(lexicon: Lexicon, additions: LexiconTerm[]): { lexicon: Lexicon; leftOut: LeftOut[] } {
  const leftOut: LeftOut[] = [];
  const taken: LexiconTerm[] = [];
  const owners = new Map<string, string>();
  for (const term of additions) {
    const problems = termProblems(lexicon, term);
    const spellings = listedSpellings(term).map(({ words: spelt }) => spelt.join(' '));
    for (const key of spellings) {
      const owner = owners.get(key);
      if (owner !== undefined)
        problems.push({ kind: 'taken', message: `“${key}” is a spelling of “${owner}” already.` });
    }
    if (problems.length > 0) {
      leftOut.push({ term, problems });
      continue;
    }
    for (const key of spellings) owners.set(key, term.keyword);
    taken.push(term);
  }
  if (taken.length === 0) return { lexicon, leftOut };
  return { lexicon: versioned({ contexts: lexicon.contexts, terms: [...lexicon.terms, ...taken] }), leftOut };
}
