import type { Item } from './items.ts';

/** How far from a number its term may stand, in words. */
export const REACH = 14;

const symbol = (item: Item, index: number): string => {
  if (item.kind === 'term') return ` @${index}`;
  if (item.kind === 'number') return ` #${index}`;
  if (item.kind === 'comma') return ' ,';
  return item.kind === 'stop' ? ' .' : ` ${item.text}`;
};

/**
 * The surroundings of a number as text for patterns: words as they are, ` @7` for a term and ` #9` for a number with their
 * item indexes, ` ,` and ` .`. Each piece starts with a space. `left` and `right` end at the sentence, `before` does not.
 */
export type Window = { at: number; left: string; right: string; before: string };

const PARTNER_AFTER = /^(?: (?:to|or))? #\d+(?= )/;
const PARTNER_BEFORE = / #\d+(?: (?:%|percent|per cent))?(?: (?:to|or|and))?$/;

/** As if the other end of a range were not there: "one to two percent", "2-3%", "two or three times the ATR". `second`: it stood before. */
export const withoutPartner = (window: Window): Window & { second: boolean } => ({
  ...window,
  left: window.left.replace(PARTNER_BEFORE, ''),
  right: window.right.replace(PARTNER_AFTER, ''),
  second: PARTNER_BEFORE.test(window.left),
});

export function windowAt(items: Item[], at: number): Window {
  let left = '';
  let before = '';
  let inSentence = true;
  for (let index = at - 1; index >= 0 && index >= at - REACH; index--) {
    const item = items[index];
    if (!item) break;
    if (item.kind === 'stop') inSentence = false;
    if (inSentence) left = symbol(item, index) + left;
    before = symbol(item, index) + before;
  }
  let right = '';
  for (let index = at + 1; index < items.length && index <= at + REACH; index++) {
    const item = items[index];
    if (!item || item.kind === 'stop') break;
    right += symbol(item, index);
  }
  return { at, left, right, before };
}
