import type { Concept } from '../../contracts/keywords.ts';
import type { Citation } from '../../contracts/strategies.ts';
import { cite, citeConcept, type Lesson, type TaughtConcept } from './lesson.ts';

/** A number of a rule: what it is called, its value, and where it was taught; no citations means that it is our default. */
export type Parameter = { name: string; value: number; citations: Citation[] };

/** Which concepts can give a number, in which limits, and what holds when none does. */
export type ParameterQuery = {
  name: string;
  terms: readonly string[];
  kinds: readonly NonNullable<Concept['parameter']>[];
  fallback: number;
  min: number;
  max: number;
  integer?: boolean;
  /** The quote must match, where a term's number can mean several things. */
  quote?: RegExp;
};

type Taught = TaughtConcept & { value: number };

/** Lower case, hyphens as spaces, without a plural s: so that "Stop-losses", "stop loss" and "RSI" compare by what they say. */
export const plainTerm = (term: string): string =>
  term
    .toLowerCase()
    .replace(/[\s_-]+/g, ' ')
    .trim()
    .replace(/sses$/, 'ss')
    .replace(/([^s])s$/, '$1');

const candidates = (lesson: Lesson, query: ParameterQuery): Taught[] => {
  const terms = new Set(query.terms.map(plainTerm));
  return lesson.concepts.filter(
    (concept): concept is Taught =>
      concept.value !== null &&
      concept.parameter !== null &&
      query.kinds.includes(concept.parameter) &&
      terms.has(plainTerm(concept.term)) &&
      concept.value >= query.min &&
      concept.value <= query.max &&
      (query.integer === false || Number.isInteger(concept.value)) &&
      (query.quote?.test(concept.quote) ?? true),
  );
};

/** Taught values, the one said most often first; of equals the one said earliest. One concept stands for each value. */
const taughtValues = (lesson: Lesson, query: ParameterQuery): Taught[] => {
  const counts = new Map<number, { first: Taught; count: number }>();
  for (const concept of candidates(lesson, query).sort((a, b) => a.startMs - b.startMs)) {
    const known = counts.get(concept.value);
    if (known) known.count += 1;
    else counts.set(concept.value, { first: concept, count: 1 });
  }
  return [...counts.values()].sort((a, b) => b.count - a.count).map((entry) => entry.first);
};

const toParameter = (lesson: Lesson, name: string, concept: Taught): Parameter => ({
  name,
  value: concept.value,
  citations: citeConcept(lesson, concept),
});

/** "the 14-period RSI": a period said right before its term, for transcripts whose concepts were not read or miss it. */
const periodInText = (lesson: Lesson, query: ParameterQuery): Parameter | null => {
  if (!query.kinds.includes('period')) return null;
  const terms = query.terms.map((term) => term.replace(/[^\w\s]/g, '').replace(/\s+/g, '[\\s-]+'));
  const said = new RegExp(`\\b(\\d{1,3})[\\s-](?:period|day|bar|week|hour)s?[\\s-](?:${terms.join('|')})\\b`, 'i');
  for (const moment of lesson.moments) {
    const match = moment.text.match(said);
    const value = Number(match?.[1]);
    if (!match || value < query.min || value > query.max || query.quote?.test(match[0]) === false) continue;
    return { name: query.name, value, citations: cite(moment) };
  }
  return null;
};

/** The number that the lesson teaches, else the fallback without citations. */
export const readParameter = (lesson: Lesson, query: ParameterQuery): Parameter => {
  const [best] = taughtValues(lesson, query);
  if (best) return toParameter(lesson, query.name, best);
  return periodInText(lesson, query) ?? { name: query.name, value: query.fallback, citations: [] };
};

/**
 * Two periods, fast before slow: from concepts that say which is which, else the two most often taught ones, else the
 * fallbacks. A pair is taken from one source only, so that fast < slow always holds.
 */
export const readPeriodPair = (
  lesson: Lesson,
  query: { terms: readonly string[]; fast: number; slow: number; max: number },
): { fast: Parameter; slow: Parameter } => {
  const base = { terms: query.terms, min: 2, max: query.max };
  const fast = readParameter(lesson, { ...base, name: 'fast period', kinds: ['fast_period'], fallback: query.fast });
  const slow = readParameter(lesson, { ...base, name: 'slow period', kinds: ['slow_period'], fallback: query.slow });
  if (fast.value < slow.value && fast.citations.length > 0) return { fast, slow };
  const pair = taughtValues(lesson, { ...base, name: '', kinds: ['period', 'fast_period', 'slow_period'], fallback: 0 })
    .slice(0, 2)
    .sort((a, b) => a.value - b.value);
  const [first, second] = pair;
  if (first && second) {
    return { fast: toParameter(lesson, 'fast period', first), slow: toParameter(lesson, 'slow period', second) };
  }
  const unknown = { citations: [] };
  return {
    fast: { name: 'fast period', value: query.fast, ...unknown },
    slow: { name: 'slow period', value: query.slow, ...unknown },
  };
};
