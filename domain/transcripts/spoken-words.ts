/** A word; in scripts without spaces, each character. */
const WORD =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|[\p{L}\p{N}]+(?:['’.,][\p{L}\p{N}]+)*/gu;

/** The words of a text in lower case, without punctuation. */
export const spokenWords = (text: string): string[] => text.toLowerCase().match(WORD) ?? [];
