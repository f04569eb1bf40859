import { between, caughtNumber, type Finding, lastTerm, type Place } from './finding.ts';

const THREE = /^(?: ,)?(?: and)? #(?<second>\d+)(?: ,)?(?: and)?(?: ,)? #(?<third>\d+)/;
const AFTERWARDS = /^(?: ,)?(?: and)? #\d+(?: ,)?(?: and)?(?: ,)? #\d+(?: (?:for|on|the|your|settings?)){0,3} @\d+/;
/** In front of the numbers: the term and a few words, or "settings" of a term just spoken of. */
const IN_FRONT = / @\d+(?: ,)?(?: [a-z':]+){0,8}$/;
const SETTINGS = / (?:settings?|parameters|values|default|defaults|numbers)(?: [a-z':]+){0,3}$/;
const TRIPLES = new Set(['MACD', 'stochastic']);

/** "MACD 12, 26, 9" and "stochastic 14, 3, 3" (period, slowing, signal). */
export function settingsOfThree({ items, window, value }: Place): Finding[] {
  const list = THREE.exec(window.right);
  const second = list && caughtNumber(items, list, 'second');
  const third = list && caughtNumber(items, list, 'third');
  if (!second || !third || ![value, second.value, third.value].every(Number.isInteger)) return [];
  const after = AFTERWARDS.exec(window.right);
  const term =
    (after && lastTerm(items, after[0], TRIPLES)) ??
    (IN_FRONT.test(window.left) ? lastTerm(items, window.left, TRIPLES) : null) ??
    (SETTINGS.test(window.left) ? lastTerm(items, window.before, TRIPLES) : null);
  if (!term) return [];
  const names =
    term.keyword === 'MACD'
      ? (['fast_period', 'slow_period', 'signal_period'] as const)
      : (['period', 'slow_period', 'signal_period'] as const);
  if (term.keyword === 'MACD' ? value >= second.value : value < second.value) return [];
  return [value, second.value, third.value].map((number, index) => ({
    ...between(term, names[index] ?? 'period', number, third.index),
    first: Math.min(term.index, window.at),
  }));
}
