/** A text as the concept rules see it: words, numbers, terms of the lexicon, commas and the ends of sentences. */
import type { Category, Lexicon } from '../../contracts/keywords.ts';
import { confidenceOf } from '../keywords/confidence.ts';
import { termFinder } from '../keywords/find-terms.ts';
import type { Spelling } from '../keywords/spellings.ts';
import { words as wordsOf } from '../keywords/tokens.ts';
import { holdsNumber, spokenNumber } from './numbers.ts';

type Span = { start: number; end: number };
export type TermItem = Span & { kind: 'term'; keyword: string; category: Category; confidence: number };
export type NumberItem = Span & { kind: 'number'; value: number };
export type Item = TermItem | NumberItem | (Span & { kind: 'word' | 'comma' | 'stop'; text: string });

const TOKEN = /\d+(?:,\d{3})*(?:\.\d+)?|[\p{L}\p{M}]+(?:['’]\p{L}+)?|[%:$€×,;!?.…]/gu;

type Token = Span & { text: string };

function scan(text: string): Token[] {
  return Array.from(text.matchAll(TOKEN), (match) => ({
    text: match[0].toLowerCase().replace('’', "'").replace('×', 'x'),
    start: match.index,
    end: match.index + match[0].length,
  }));
}

/** A full stop ends a sentence only where a space or the end follows. */
function kindOf(token: Token, text: string): 'word' | 'comma' | 'stop' | null {
  if (token.text === ',') return 'comma';
  if (token.text === '.') return /^\s?$/.test(text.slice(token.end, token.end + 1)) ? 'stop' : null;
  return /^[;!?…]$/.test(token.text) ? 'stop' : 'word';
}

/** "Risk 2 %" goes by its figure, which a rule has to see; "three white soldiers" is a name. */
const goesByItsNumber = ({ words, term }: Spelling) => holdsNumber(words) && !holdsNumber(wordsOf(term.keyword));

/**
 * Splits a text into items; terms are found as the keyword matcher finds them, but one whose spelling has a number in it is left as
 * words and numbers. "twice" reads as 2 times.
 */
export function readItems(text: string, lexicon: Lexicon): Item[] {
  const found = termFinder(lexicon).find(text);
  const terms = found.flatMap(({ spelling, start, end }, at) =>
    goesByItsNumber(spelling) ? [] : [{ ...spelling.term, start, end, confidence: confidenceOf(found, at) }],
  );
  const tokens = scan(text);
  const words = tokens.map((token) => token.text);
  const items: Item[] = [];
  let term = 0;
  let at = 0;
  while (at < tokens.length) {
    const token = tokens[at];
    if (!token) break;
    const here = terms[term];
    if (here && token.end > here.start) {
      const { keyword, category, confidence, start, end } = here;
      items.push({ kind: 'term', keyword, category, confidence, start, end });
      while (at < tokens.length && (tokens[at]?.start ?? 0) < end) at++;
      term++;
      continue;
    }
    const number = token.text === 'twice' ? { value: 2, next: at + 1 } : spokenNumber(words, at);
    const last = number && tokens[number.next - 1];
    if (number && last && (!here || last.end <= here.start)) {
      items.push({ kind: 'number', value: number.value, start: token.start, end: last.end });
      if (token.text === 'twice') items.push({ kind: 'word', text: 'times', start: last.end, end: last.end });
      at = number.next;
      continue;
    }
    const kind = kindOf(token, text);
    if (kind) items.push({ kind, text: token.text, start: token.start, end: token.end });
    at++;
  }
  return items;
}
