import type { Concept, Relation } from '../../contracts/keywords.ts';
import type { Item } from './items.ts';
import type { Window } from './window.ts';

/** A rule's result: the items it was read from are `[first, last]`. */
export type Finding = {
  term: string;
  parameter: Concept['parameter'];
  /** Of a relation: the period of the term's line, where it was said. */
  value: number | null;
  relation?: Relation;
  reference?: string;
  first: number;
  last: number;
};

/** What a rule looks at: the number at `window.at`, its value, its surroundings and all items. */
export type Place = { items: Item[]; window: Window; value: number };
export type Rule = (place: Place) => Finding[];

export const UNIT = '(?:periods?|days?|bars?|weeks?|months?|hours?|minutes?|candles?|sessions?|d)';
/** The keyword of the term that a pattern caught in its group `t`, if it is one of a family. */
export function caught(
  items: Item[],
  match: RegExpExecArray | null,
  among: ReadonlySet<string>,
): { keyword: string; index: number } | null {
  const index = Number(match?.groups?.['t'] ?? Number.NaN);
  const item = items[index];
  return item?.kind === 'term' && among.has(item.keyword) ? { keyword: item.keyword, index } : null;
}

/** The number that a pattern caught in a group. */
export function caughtNumber(
  items: Item[],
  match: RegExpExecArray,
  group: string,
): { value: number; index: number } | null {
  const index = Number(match.groups?.[group] ?? Number.NaN);
  const item = items[index];
  return item?.kind === 'number' ? { value: item.value, index } : null;
}

/** A finding that reaches from the term to the number, whichever comes first. */
export function between(
  term: { keyword: string; index: number },
  parameter: Concept['parameter'],
  value: number,
  at: number,
): Finding {
  return { term: term.keyword, parameter, value, first: Math.min(term.index, at), last: Math.max(term.index, at) };
}

/** The last term of a family within a window's text. */
export function lastTerm(
  items: Item[],
  text: string,
  among: ReadonlySet<string>,
): { keyword: string; index: number } | null {
  const indexes = Array.from(text.matchAll(/@(\d+)/g), (match) => Number(match[1]));
  for (const index of indexes.toReversed()) {
    const item = items[index];
    if (item?.kind === 'term' && among.has(item.keyword)) return { keyword: item.keyword, index };
  }
  return null;
}
