/** Where the price, or one line, stands to another: "price closes above the 200-day moving average", "MACD crosses its signal line". */
import type { Relation } from '../../contracts/keywords.ts';
import { LINES, OSCILLATORS, PERIODIC } from './families.ts';
import { type Finding, UNIT } from './finding.ts';
import type { Item, TermItem } from './items.ts';

const ADVERB =
  '(?: (?:is|are|was|were|has|have|had|been|to|then|again|back|just|finally|first|decisively|clearly|cleanly|strongly|still|must|should|can|could|will|would|now|well|even|all|right|that|which|not|gets|got|starts|keeps|must|needs|wants|comes|came|goes|went|up|down|out|on|in|its|way|trading|sitting))';
const ABOVE = '(?:above|over|up through|higher than)';
const BELOW = '(?:below|under|beneath|underneath|down through|lower than)';
const DETERMINER =
  '(?: (?:the|a|an|our|your|my|this|that|its|their|of|upper|lower|middle|top|bottom|edge|both|rising|falling|daily|weekly|hourly|key|major|previous|prior|old|last|simple|exponential|level|line))';

/** What is said of the two, longest first. Each goes with the words between the verb and the second line. */
const WAYS: readonly { relation: Relation; said: string }[] = [
  { relation: 'crosses_above', said: `cross(?:es|ed|ing)?${ADVERB}{0,2} ${ABOVE}` },
  { relation: 'crosses_below', said: `cross(?:es|ed|ing)?${ADVERB}{0,2} ${BELOW}` },
  { relation: 'breaks_above', said: `(?:breaks?|broke|broken|breaking|bursts?|pushes|pushed)${ADVERB}{0,2} ${ABOVE}` },
  {
    relation: 'breaks_below',
    said: `(?:breaks?|broke|broken|breaking|drops|dropped|falls|fell|falling)${ADVERB}{0,2} ${BELOW}`,
  },
  {
    relation: 'bounces_off',
    said: `(?:bounces?|bounced|bouncing|rebounds?|rebounded)${ADVERB}{0,2} (?:off|from|on|at)(?: of)?`,
  },
  { relation: 'rejected_at', said: `(?:rejects?|rejected|rejecting|turned away)${ADVERB}{0,2} (?:at|from|by|off)` },
  { relation: 'touches', said: '(?:touch(?:es|ed|ing)?|tags?|tagged|tests|tested|reaches|reached|hits|hit)' },
  {
    relation: 'above',
    said: `(?:is|are|was|stays?|stayed|staying|trades?|traded|trading|closes?|closed|closing|close|opens?|holds?|holding|held|remains?|moves?|moved|rises|rose|sits|sitting|back|runs)${ADVERB}{0,2} ${ABOVE}`,
  },
  {
    relation: 'below',
    said: `(?:is|are|was|stays?|stayed|staying|trades?|traded|trading|closes?|closed|closing|close|opens?|holds?|holding|held|remains?|moves?|moved|dips?|dipped|sits|sitting|back|runs)${ADVERB}{0,2} ${BELOW}`,
  },
];

const NUMBER = (name: string) => `(?: #(?<${name}>\\d+)(?: ${UNIT})?)?`;
const SUBJECT = `(?:${NUMBER('own')} @(?<line>\\d+)(?: lines?)?|(?<price> (?:price|prices|market|markets|stock|stocks|pair|candle|candles|bar|bars|close)))?`;
const TARGET = `${DETERMINER}{0,4}${NUMBER('period')}${DETERMINER}{0,2} @(?<term>\\d+)`;
const PATTERNS = WAYS.map(({ relation, said }) => ({
  relation,
  pattern: new RegExp(`${SUBJECT}${ADVERB}{0,3} (?:${said})${TARGET}`, 'g'),
}));

type Sentence = {
  text: string /** Where the piece of each item begins, and which item it is. */;
  pieces: { offset: number; item: number }[];
};

/** Sentences as text for patterns: lines as ` @7`, numbers as ` #9` with their item's index, all else as it was said. */
function sentencesOf(items: Item[], said: string): Sentence[] {
  const sentences: Sentence[] = [];
  let current: Sentence = { text: '', pieces: [] };
  for (const [index, item] of items.entries()) {
    if (item.kind === 'stop') {
      sentences.push(current);
      current = { text: '', pieces: [] };
      continue;
    }
    current.pieces.push({ offset: current.text.length, item: index });
    current.text += ` ${spoken(item, index, said)}`;
  }
  return [...sentences, current];
}

function spoken(item: Item, index: number, said: string): string {
  if (item.kind === 'number') return `#${index}`;
  if (item.kind === 'comma') return ',';
  if (item.kind === 'term' && isLine(item)) return `@${index}`;
  return said.slice(item.start, item.end).toLowerCase().replaceAll(/\s+/g, ' ');
}

const isLine = (item: TermItem) => LINES.has(item.keyword) || OSCILLATORS.has(item.keyword);

/** The item at a character of a sentence. */
const itemAt = ({ pieces }: Sentence, char: number) => pieces.findLast(({ offset }) => offset <= char)?.item ?? 0;

/** Everything said about where the price or a line stands to a line, in order of the text. `said` is the text the items were read from. */
export function relations(items: Item[], said: string): Finding[] {
  return sentencesOf(items, said).flatMap((sentence) => {
    const taken = new Set<number>();
    return PATTERNS.flatMap(({ relation, pattern }) =>
      Array.from(sentence.text.matchAll(pattern)).flatMap((match): Finding[] => {
        const finding = toFinding(items, sentence, match, relation);
        if (!finding || taken.has(finding.last)) return [];
        taken.add(finding.last);
        return [finding];
      }),
    );
  });
}

function toFinding(items: Item[], sentence: Sentence, match: RegExpExecArray, relation: Relation): Finding | null {
  const last = Number(match.groups?.['term']);
  const target = items[last];
  if (target?.kind !== 'term' || !LINES.has(target.keyword)) return null;
  const subject = items[Number(match.groups?.['line'] ?? Number.NaN)];
  const own = barsOf(items, match.groups?.['own']);
  let reference = 'price';
  if (subject?.kind === 'term') reference = own === null ? subject.keyword : `${subject.keyword} ${own}`;
  return {
    term: target.keyword,
    parameter: 'relation',
    value: PERIODIC.has(target.keyword) ? barsOf(items, match.groups?.['period']) : null,
    relation,
    reference: reference.toLowerCase(),
    first: itemAt(sentence, match.index),
    last,
  };
}

function barsOf(items: Item[], index: string | undefined): number | null {
  const item = items[Number(index ?? Number.NaN)];
  return item?.kind === 'number' && Number.isInteger(item.value) && item.value >= 2 && item.value <= 1000
    ? item.value
    : null;
}
