/** Words of a text as the matcher compares them. `[start, end)` are the characters they stand on. */
export type Token = { word: string; start: number; end: number; joined: boolean };

const WORD = /[\p{L}\p{N}\p{M}]+|%/gu;

/**
 * What may stand between the words of one term: spaces, hyphens, slashes, apostrophes, ampersands, a point inside an abbreviation.
 * A comma or the end of a sentence parts words.
 */
function joins(gap: string, before: string): boolean {
  if (/^[\s\p{Pd}/&'’_+]*$/u.test(gap)) return true;
  return before.length === 1 && /^\.\s?$/.test(gap);
}

/**
 * Splits text into lower-case words; hyphens and apostrophes part words like spaces do, so "stop-loss" equals "stop loss".
 * `joined` tells that nothing but such a link lies between the word and the one before it.
 */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  for (const match of text.matchAll(WORD)) {
    const before = tokens.at(-1);
    const raw = match[0];
    const start = match.index;
    // Gaps are almost always a space; a long one parts words anyway, and is not worth a pattern.
    const gapLength = before ? start - before.end : 0;
    const joined = before !== undefined && gapLength <= 8 && joins(text.slice(before.end, start), before.word);
    tokens.push({ word: raw.normalize('NFKC').toLowerCase(), start, end: start + raw.length, joined });
  }
  return tokens;
}

/** The words of a spelling, as they are compared. */
export const words = (spelling: string): string[] => tokenize(spelling).map((token) => token.word);
