import { OSCILLATORS, PERCENT_OSCILLATORS } from './families.ts';
import { between, caught, caughtNumber, type Finding, type Place, UNIT } from './finding.ts';
import type { Item } from './items.ts';

const BELOW = '(?:below|under|beneath|underneath|less than|lower than)';
const ABOVE = '(?:above|over|past|exceeds|exceeding|greater than|higher than|more than)';
const EITHER = `(?:${BELOW}|${ABOVE})`;
const ARTICLE = '(?: (?:the|about|around|roughly|say))?';
/** A word between term and comparison; one that brings in the price makes the comparison about the price. */
const LINK = "(?: (?!(?:price|prices|market|stock|candle|bar|close|closes|it|we|you|buy|sell)(?= ))[a-z']+)";
/** "RSI is below 30", "RSI crosses back above thirty". */
const DIRECT = new RegExp(` @(?<t>\\d+)(?: ,)?${LINK}{0,6} (?<cmp>${EITHER})${ARTICLE}$`);
/** "RSI below 30 or above 70". */
const SECOND = new RegExp(
  ` @(?<t>\\d+)(?: ,)?${LINK}{0,6} ${EITHER}${ARTICLE} #\\d+(?: ,)? (?:and|or|but)(?: ,)?${LINK}{0,4} (?<cmp>${EITHER})${ARTICLE}$`,
);
/** "when it is below 30", "a reading above 80". */
const PRONOUN = new RegExp(
  ` (?:it|reading|readings|value|values|indicator|oscillator)${LINK}{0,4} (?<cmp>${EITHER})${ARTICLE}$`,
);
const COMPARISON = new RegExp(` (?<cmp>${EITHER})${ARTICLE}$`);
/** "above 70 on the RSI". */
const NAMED_AFTER = /^(?: (?:level|mark|reading))? (?:on|in|for|of)(?: (?:the|your|our|an?))? @(?<t>\d+)/;
/** "an RSI of 70 or higher". */
const AT = / @(?<t>\d+)(?: (?:is|of|at|reads|reading)){1,2}$/;
const OR_BEYOND = /^ or (?:(?<above>above|higher|more|over|greater)|below|lower|less|under)/;
const OTHER_QUANTITY = new RegExp(`^ (?:${UNIT}|dollars?|cents?|points?|times|x|to|@\\d|#\\d|:)`);
/** Terms that may stand between an oscillator and the "it" that means it. */
const TRANSPARENT = new Set([
  'oversold',
  'overbought',
  'trend',
  'sideways market',
  'take profit',
  'entry signal',
  'exit signal',
]);

/** "RSI between 40 and 60". */
const BETWEEN = new RegExp(` @(?<t>\\d+)(?: ,)?${LINK}{0,5} (?:between|from)$`);
const AND = /^ (?:and|to) #(?<n>\d+)(?! (?:dollars?|cents?|points?|times|x|days?|bars?|periods?|minutes?))/;

/** Both ends of a band an oscillator is in; its whole scale is none. */
function band({ items, window, value }: Place): Finding[] {
  const term = caught(items, BETWEEN.exec(window.left), OSCILLATORS);
  const end = term && AND.exec(window.right);
  const upper = end && caughtNumber(items, end, 'n');
  if (!term || !upper || upper.value <= value || (value === 0 && upper.value >= 100) || upper.value > 500) return [];
  return [
    between(term, 'threshold_above', value, upper.index),
    between(term, 'threshold_below', upper.value, upper.index),
  ];
}

const FAR = 16;
const parameterOf = (comparison: string) =>
  new RegExp(`^${BELOW}$`).test(comparison) ? 'threshold_below' : 'threshold_above';

/** The oscillator that "it" stands for: the last one spoken of, no more than 16 items back and nothing else in between. */
function antecedent(items: Item[], at: number, lastMention: { keyword: string; index: number; at: number } | null) {
  for (let index = at - 1; index >= 0 && index >= at - FAR; index--) {
    const item = items[index];
    if (lastMention?.at === index) return { keyword: lastMention.keyword, index: lastMention.index };
    if (item?.kind !== 'term' || TRANSPARENT.has(item.keyword)) continue;
    return PERCENT_OSCILLATORS.has(item.keyword) ? { keyword: item.keyword, index } : null;
  }
  return null;
}

/** Levels an oscillator is compared with. Keeps in mind what "it" was last about, so call it in order of the text. */
export function thresholdRule(): (place: Place) => Finding[] {
  let lastMention: { keyword: string; index: number; at: number } | null = null;
  return ({ items, window, value }) => {
    const both = band({ items, window, value });
    if (both.length > 0) return both;
    if (value > 500 || OTHER_QUANTITY.test(window.right)) return [];
    const beyond = OR_BEYOND.exec(window.right);
    const exact = beyond && caught(items, AT.exec(window.left), OSCILLATORS);
    if (exact) {
      lastMention = { ...exact, at: window.at };
      const side = beyond.groups?.['above'] === undefined ? 'threshold_below' : 'threshold_above';
      return [between(exact, side, value, window.at)];
    }
    const named = COMPARISON.test(window.left) ? NAMED_AFTER.exec(window.right) : null;
    const pronoun = PRONOUN.exec(window.left);
    const direct = SECOND.exec(window.left) ?? DIRECT.exec(window.left);
    const term =
      caught(items, named, OSCILLATORS) ??
      caught(items, direct, OSCILLATORS) ??
      (pronoun && value <= 100 ? antecedent(items, window.at, lastMention) : null);
    const comparison = (COMPARISON.exec(window.left) ?? pronoun)?.groups?.['cmp'];
    if (!term || comparison === undefined) return [];
    lastMention = { ...term, at: window.at };
    return [between(term, parameterOf(comparison), value, window.at)];
  };
}
