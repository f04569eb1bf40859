import type { Concept, Lexicon } from '../../contracts/keywords.ts';
import type { Cue } from '../../contracts/transcripts.ts';
import { joinCues } from '../transcripts/join-cues.ts';
import { deviations, multiples, percents, ratios } from './amounts.ts';
import type { Finding, Place, Rule } from './finding.ts';
import { type Item, readItems } from './items.ts';
import { bandSettings, periods } from './periods.ts';
import { relations } from './relations.ts';
import { settingsOfThree } from './settings.ts';
import { thresholdRule } from './thresholds.ts';
import { windowAt, withoutPartner } from './window.ts';

const LONGEST_QUOTE = 240;
const SURE = 0.7;

/** What a rule reads of a number by itself, else as one end of a range. */
function inRange(rule: Rule, place: Place): Finding[] {
  const window = withoutPartner(place.window);
  const alone = rule(place);
  // The first end is quoted with its term; the second begins at itself, so that the two are told apart.
  return (alone.length > 0 ? alone : rule({ ...place, window })).map((finding) =>
    window.second ? { ...finding, first: Math.max(finding.first, window.at) } : finding,
  );
}

/** Everything the rules read from the numbers of a text, in order. Numbers of a list of settings are read once. */
function readNumbers(items: Item[]): Finding[] {
  const rules: Rule[] = [thresholdRule(), ratios, deviations];
  const ranged: Rule[] = [periods, percents, multiples];
  const findings: Finding[] = [];
  let settledUntil = -1;
  for (const [at, item] of items.entries()) {
    if (item.kind !== 'number' || at <= settledUntil) continue;
    const place = { items, window: windowAt(items, at), value: item.value };
    const three = settingsOfThree(place);
    const listed = three.length > 0 ? three : bandSettings(place);
    findings.push(
      ...(listed.length > 0
        ? listed
        : [...rules.flatMap((rule) => rule(place)), ...ranged.flatMap((rule) => inRange(rule, place))]),
    );
    settledUntil = Math.max(settledUntil, ...listed.map((finding) => finding.last));
  }
  return findings;
}

/** Terms that are taught without a number: each at its first sure mention. */
function bareTerms(items: Item[], withNumber: ReadonlySet<string>): Finding[] {
  const seen = new Set(withNumber);
  return items.flatMap((item, at) => {
    if (item.kind !== 'term' || item.confidence < SURE || seen.has(item.keyword)) return [];
    seen.add(item.keyword);
    return [{ term: item.keyword, parameter: null, value: null, first: at, last: at }];
  });
}

/**
 * Terms and parameters spoken in cues (sorted by time), in order of the text, also across cue borders. A number counts only where
 * a pattern ties it to its term within the sentence or about 14 words. A relation says where the price or a line stands to the term. `quote` is a literal part of the cues' texts joined by single
 * spaces. One concept for each term, parameter and start; terms without any number come once, with `parameter` null.
 */
export function extractConcepts(cues: Cue[], lexicon: Lexicon): Concept[] {
  const joined = joinCues(cues);
  const items = readItems(joined.text, lexicon);
  const categories = new Map(lexicon.terms.map((term) => [term.keyword, term.category]));
  const read = [...readNumbers(items), ...relations(items, joined.text)];
  const told = read.filter((finding) => categories.has(finding.term));
  const bare = bareTerms(items, new Set(told.map((finding) => finding.term)));
  const concepts = new Map<string, Concept & { at: number }>();
  for (const { term, parameter, value, relation = null, reference = null, first, last } of [...told, ...bare]) {
    const category = categories.get(term);
    const end = items[Math.min(last, items.length - 1)]?.end;
    let start = items[Math.max(first, 0)]?.start;
    if (category === undefined || start === undefined || end === undefined) continue;
    if (end - start > LONGEST_QUOTE) start = joined.text.indexOf(' ', end - LONGEST_QUOTE) + 1;
    const span = joined.span(start, end);
    const key = `${term}|${parameter}|${span.startMs}`;
    if (concepts.has(key)) continue;
    const quote = joined.text.slice(start, end);
    concepts.set(key, { term, category, parameter, value, relation, reference, quote, ...span, at: start });
  }
  return [...concepts.values()].toSorted((a, b) => a.at - b.at).map(({ at: _at, ...concept }) => concept);
}
