/** Where the words of a question stand in an answer. */

const WORD = /[\p{L}\p{N}][\p{L}\p{M}\p{N}]*/gu;
/** Words that say nothing about what was asked. */
const FILLERS = new Set(
  'a an and are as at be by can do does for from how i in is it my of on or should that the this to was what when where which who why with you your'.split(
    ' ',
  ),
);

/** Without the endings of plural, past and -ing, so that "stops", "stopped" and "stopping" are found by "stop". */
function stem(word: string): string {
  const lower = word.normalize('NFKC').toLowerCase();
  if (lower.length <= 3) return lower;
  return lower
    .replace(/(?<=..)ies$/u, 'y')
    .replace(/(?<=...)(?:es|s|ing|ed)$/u, '')
    .replace(/(?<=...)e$/u, '')
    .replace(/([^aeiou])\1$/u, '$1');
}

/** `[from, to)` in UTF-16 units, in order, without overlaps. A question of fillers alone marks nothing. */
export function highlights(text: string, query: string): Array<[number, number]> {
  const asked = new Set(
    [...query.matchAll(WORD)]
      .map(([word]) => word)
      .filter((word) => !FILLERS.has(word.toLowerCase()))
      .map(stem),
  );
  if (asked.size === 0) return [];
  return [...text.matchAll(WORD)].flatMap(
    ({ 0: word, index }): Array<[number, number]> => (asked.has(stem(word)) ? [[index, index + word.length]] : []),
  );
}
