/** Terms to find and speech to find them in. */
import { LEXICON } from '../../domain/keywords/lexicon.ts';
import { spellingIndex } from '../../domain/keywords/spellings.ts';
import { words } from '../../domain/keywords/tokens.ts';
import { benchTexts } from '../embedding/texts.ts';

/** So many spellings of the lexicon, as words with single spaces; those that a `\b` has borders for. */
export function benchTerms(count: number): string[] {
  const plain = [...spellingIndex(LEXICON).keys()].filter((spelling) => /^[a-z0-9 ]+$/.test(spelling));
  if (plain.length < count) throw new RangeError(`the lexicon has ${plain.length} such spellings, not ${count}`);
  // Evenly out of all, not only those of the first categories.
  return Array.from({ length: count }, (_, at) => plain[Math.floor((at * plain.length) / count)] ?? '');
}

/** Real cues in an order drawn by a fixed seed, again and again up to a size: lower case, words parted by single spaces. */
export async function benchSpeech(characters: number): Promise<string> {
  const cues = (await benchTexts()).cues.map((text) => words(text.replaceAll(/[^\x20-\x7e]|%/g, ' ')).join(' '));
  const pieces: string[] = [];
  let seed = 1;
  for (let length = 0; length < characters; ) {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    const cue = cues[(seed >>> 8) % cues.length] ?? '';
    pieces.push(cue);
    length += cue.length + 1;
  }
  return pieces.join(' ').slice(0, characters);
}
