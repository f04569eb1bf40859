/** How a term is written: in letters, and in characters that can be seen and that texts are compared by. */
import type { Term } from '../../contracts/keywords.ts';
import { strangersIn } from './tokens.ts';

type WritingProblem = { kind: 'empty' | 'characters'; message: string };

/** Controls, and what turns the direction of writing: text that shows as something else than it is. */
const DECEIVING = /[\p{Cc}\p{Cs}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu;

/** Spellings without a letter, strange characters in spellings and conditions, deceiving ones in the definition; `[]` if there are none. */
export function writingProblems(term: Term): WritingProblem[] {
  const spellings = [
    term.keyword,
    ...term.variants,
    ...term.misheard,
    ...term.loose.flatMap(({ variants }) => variants),
  ];
  const conditions = [term, ...term.loose].flatMap(({ notAfter, notBefore, needs, notNear }) =>
    [notAfter, notBefore, needs?.words ?? [], notNear?.words ?? []].flat(),
  );
  const deceiving = [...new Set(term.definition.match(DECEIVING))];
  return [
    ...spellings.filter((text) => !/\p{L}/u.test(text)).map(letterless),
    // "@" begins the name of a context.
    ...[...spellings.filter((text) => /\p{L}/u.test(text)), ...conditions.map((word) => word.replace(/^@/, ''))]
      .filter((text) => strangersIn(text).length > 0)
      .map(strange),
    ...(deceiving.length > 0 ? [characters(`The definition has ${named(deceiving)} in it; leave that out.`)] : []),
  ];
}

const characters = (message: string): WritingProblem => ({ kind: 'characters', message });

const letterless = (text: string): WritingProblem => ({
  kind: 'empty',
  message: `“${visible(text)}” has no letter in it; a spelling needs one.`,
});

const strange = (text: string) =>
  characters(
    `“${visible(text)}” has ${named(strangersIn(text))} in it; write it with letters, figures, spaces and - / & ' . _ + % only.`,
  );

const code = (character: string) => `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
const visible = (text: string) => text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, code);
const named = (listed: string[]) =>
  listed.map((character) => (visible(character) === character ? `“${character}”` : code(character))).join(', ');
