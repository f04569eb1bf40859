import type { Concept, Lexicon } from '../../contracts/keywords.ts';
import type { Cue } from '../../contracts/transcripts.ts';
import { joinCues } from '../transcripts/join-cues.ts';
import { deviations, multiples, percents, ratios } from './amounts.ts';
import type { Finding, Rule } from './finding.ts';
import { type Item, readItems } from './items.ts';
import { bandSettings, periods } from './periods.ts';
import { settingsOfThree } from './settings.ts';
import { thresholdRule } from './thresholds.ts';
import { windowAt } from './window.ts';

const LONGEST_QUOTE = 240;
const SURE = 0.7;

/** Everything the rules read from the numbers of a text, in order. Numbers of a list of settings are read once. */
function readNumbers(items: Item[]): Finding[] {
  const rules: Rule[] = [thresholdRule(), periods, percents, multiples, ratios, deviations];
  const findings: Finding[] = [];
  let settledUntil = -1;
  for (const [at, item] of items.entries()) {
    if (item.kind !== 'number' || at <= settledUntil) continue;
    const place = { items, window: windowAt(items, at), value: item.value };
    const three = settingsOfThree(place);
    const listed = three.length > 0 ? three : bandSettings(place);
    findings.push(...(listed.length > 0 ? listed : rules.flatMap((rule) => rule(place))));
    settledUntil = Math.max(settledUntil, ...listed.map((finding) => finding.last));
  }
  return findings;
}

/** Terms that are taught without a number: each at its first sure mention. */
function bareTerms(items: Item[], withNumber: ReadonlySet<string>): (Omit<Finding, 'value'> & { value: null })[] {
  const seen = new Set(withNumber);
  return items.flatMap((item, at) => {
    if (item.kind !== 'term' || item.confidence < SURE || seen.has(item.keyword)) return [];
    seen.add(item.keyword);
    return [{ term: item.keyword, parameter: null, value: null, first: at, last: at }];
  });
}

/**
 * Terms and parameters spoken in cues (sorted by time), in order of the text, also across cue borders. A number counts only where
 * a pattern ties it to its term within the sentence or about 14 words. `quote` is a literal part of the cues' texts joined by single
 * spaces. One concept for each term, parameter and start; terms without any number come once, with `parameter` null.
 */
export function extractConcepts(cues: Cue[], lexicon: Lexicon): Concept[] {
  const joined = joinCues(cues);
  const items = readItems(joined.text, lexicon);
  const categories = new Map(lexicon.terms.map((term) => [term.keyword, term.category]));
  const numbered = readNumbers(items).filter((finding) => categories.has(finding.term));
  const bare = bareTerms(items, new Set(numbered.map((finding) => finding.term)));
  const concepts = new Map<string, Concept & { at: number }>();
  for (const { term, parameter, value, first, last } of [...numbered, ...bare]) {
    const category = categories.get(term);
    const end = items[Math.min(last, items.length - 1)]?.end;
    let start = items[Math.max(first, 0)]?.start;
    if (category === undefined || start === undefined || end === undefined) continue;
    if (end - start > LONGEST_QUOTE) start = joined.text.indexOf(' ', end - LONGEST_QUOTE) + 1;
    const span = joined.span(start, end);
    const key = `${term}|${parameter}|${span.startMs}`;
    if (concepts.has(key)) continue;
    concepts.set(key, { term, category, parameter, value, quote: joined.text.slice(start, end), ...span, at: start });
  }
  return [...concepts.values()].toSorted((a, b) => a.at - b.at).map(({ at: _at, ...concept }) => concept);
}
