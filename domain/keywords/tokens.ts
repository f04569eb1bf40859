/** Words of a text as the matcher compares them. `[start, end)` are the characters they stand on. */
export type Token = { word: string; start: number; end: number; joined: boolean };

const WORD = /[\p{L}\p{N}\p{M}]+|%/gu;
const WORD_HERE = /[\p{L}\p{N}\p{M}]+|%/uy;
const LINKS = String.raw`\p{Pd}/&'’_+`;
const LINK = new RegExp(`^[\\s${LINKS}]*$`, 'u');
/** What neither stands in a word nor links two; a point does after a single letter. */
const STRANGER = new RegExp(`[^\\p{L}\\p{N}\\p{M}\\p{Zs}%.${LINKS}]`, 'gu');
/** A longer gap parts words anyway, and is not worth a pattern. */
const LONGEST_LINK = 8;

const normal = (raw: string) => raw.normalize('NFKC').toLowerCase();

/**
 * Whether the characters `[from, to)` between two words link them into one term: spaces, hyphens, slashes, apostrophes, ampersands,
 * and a point after a single letter ("R.S.I."). A comma or the end of a sentence parts words.
 */
export function joins(text: string, from: number, to: number, lengthBefore: number): boolean {
  if (to - from > LONGEST_LINK) return false;
  const gap = text.slice(from, to);
  return LINK.test(gap) || (lengthBefore === 1 && /^\.\s?$/.test(gap));
}

/** The word that begins at a character, or `null`: letters, digits and marks of any script, or a percent sign; lower case, NFKC. */
export function nextToken(text: string, at: number): { word: string; end: number } | null {
  WORD_HERE.lastIndex = at;
  const found = WORD_HERE.exec(text);
  return found && { word: normal(found[0]), end: at + found[0].length };
}

/**
 * Splits text into lower-case words; hyphens and apostrophes part words like spaces do, so "stop-loss" equals "stop loss".
 * `joined` tells that nothing but such a link lies between the word and the one before it.
 */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  for (const { 0: raw, index: start } of text.matchAll(WORD)) {
    const before = tokens.at(-1);
    const joined = before !== undefined && joins(text, before.end, start, before.word.length);
    tokens.push({ word: normal(raw), start, end: start + raw.length, joined });
  }
  return tokens;
}

/** The characters of a spelling that no word and no link between words has: such a spelling stands for another text than it shows. */
export const strangersIn = (spelling: string): string[] => [...new Set(spelling.match(STRANGER))];

/** The words of a spelling, as they are compared. */
export const words = (spelling: string): string[] => tokenize(spelling).map((token) => token.word);
