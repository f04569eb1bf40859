import type { Lexicon } from '../../contracts/keywords.ts';
import { spellingIndex } from './spellings.ts';
import { words } from './tokens.ts';

/** Edit distance (insert, delete, replace) of two short texts. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** Terms whose spelling, or one of whose variants, is nearest to the text: best first, each once. */
export function closestKeywords(lexicon: Lexicon, text: string, count = 3): string[] {
  const wanted = words(text.slice(0, 60)).join(' ');
  const best = new Map<string, number>();
  for (const [spelling, { term }] of spellingIndex(lexicon)) {
    const shared =
      wanted.length > 2 && (spelling.includes(wanted) || (spelling.length > 2 && wanted.includes(spelling)));
    const score = distance(wanted, spelling) / Math.max(wanted.length, spelling.length, 1) - (shared ? 0.3 : 0);
    if (score < (best.get(term.keyword) ?? Number.POSITIVE_INFINITY)) best.set(term.keyword, score);
  }
  return [...best]
    .toSorted(([a, x], [b, y]) => x - y || (a < b ? -1 : 1))
    .slice(0, count)
    .map(([keyword]) => keyword);
}
