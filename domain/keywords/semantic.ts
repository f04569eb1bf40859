/** Concepts explained without their name: passages whose vector lies close to a term's definition, and to no other's as close. */
import type { KeywordHit, Lexicon, LexiconTerm } from '../../contracts/keywords.ts';

/** A piece of a transcript with its vector of length 1. */
export type Passage = { text: string; startMs: number; endMs: number; cueIds: number[]; vector: Float32Array };
export type Definition = { term: LexiconTerm; vector: Float32Array };
export type Spoken = { keyword: string; startMs: number; endMs: number };
export type SemanticHit = Omit<KeywordHit, 'cueIndexes'> & { cueIds: number[] };

/** How much closer the best definition must be than the next. */
const MARGIN = 0.1;
/** Where the term is spoken this near, the passage is its explanation already. */
const NEAR_MS = 60_000;
/** Below this weight a term is an everyday idea, and so is its definition. */
const LEAST_WEIGHT = 0.8;
/** Definitions closer than this to another say the same thing. */
const TOO_ALIKE = 0.92;
const LONGEST_CONTEXT = 500;

/** Terms whose definition says something of its own. */
export const explainableTerms = (lexicon: Lexicon): LexiconTerm[] =>
  lexicon.terms.filter((term) => term.weight >= LEAST_WEIGHT);

/** Of vectors of length 1 the cosine. */
export function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += (a[at] ?? 0) * (b[at] ?? 0);
  return sum;
}

/**
 * Confidence of a semantic hit: 0.5 at the threshold, 0.02 more for each hundredth of similarity above it, at most 0.69. It stays
 * below what an example needs by default: nobody has said the word.
 */
export const semanticConfidence = (similarity: number, threshold: number): number =>
  Math.round(Math.min(0.69, 0.5 + 2 * (similarity - threshold)) * 1000) / 1000;

type Found = { passage: Passage; keyword: string; term: LexiconTerm; similarity: number };

/**
 * One hit for each passage at most: its closest definition, if the similarity reaches the threshold, the next definition is at
 * least 0.1 further, and the term is not spoken within a minute. Of passages within a minute that explain the same, the closest
 * counts. In order of time. The time is passages × terms × dimensions.
 */
export function semanticHits({
  passages,
  definitions,
  spoken,
  threshold,
}: {
  passages: Passage[];
  definitions: Definition[];
  spoken: Spoken[];
  threshold: number;
}): SemanticHit[] {
  const specific = definitions.filter((own) =>
    definitions.every((other) => other === own || dot(own.vector, other.vector) < TOO_ALIKE),
  );
  const found = passages.flatMap((passage): Found[] => {
    const best = closest(passage, specific, threshold);
    return best && !isSpokenNear(best.term.keyword, passage, spoken)
      ? [{ ...best, passage, keyword: best.term.keyword }]
      : [];
  });
  return bestOfEach(found)
    .sort((a, b) => a.passage.startMs - b.passage.startMs || (a.keyword < b.keyword ? -1 : 1))
    .map(({ passage, term, similarity }) => ({
      keyword: term.keyword,
      category: term.category,
      variant: term.keyword,
      startMs: passage.startMs,
      endMs: passage.endMs,
      confidence: semanticConfidence(similarity, threshold),
      method: 'semantic',
      contextText: passage.text.slice(0, LONGEST_CONTEXT),
      cueIds: passage.cueIds,
    }));
}

function closest(passage: Passage, definitions: Definition[], threshold: number) {
  let best: { term: LexiconTerm; similarity: number } | null = null;
  let second = Number.NEGATIVE_INFINITY;
  for (const { term, vector } of definitions) {
    const similarity = dot(passage.vector, vector);
    if (best === null || similarity > best.similarity) {
      second = best?.similarity ?? second;
      best = { term, similarity };
    } else if (similarity > second) second = similarity;
  }
  return best && best.similarity >= threshold && best.similarity - second >= MARGIN ? best : null;
}

const isSpokenNear = (keyword: string, { startMs, endMs }: Passage, spoken: Spoken[]) =>
  spoken.some((hit) => hit.keyword === keyword && hit.startMs < endMs + NEAR_MS && hit.endMs > startMs - NEAR_MS);

/** Of hits of one keyword that lie within a minute of each other the closest. */
function bestOfEach(found: Found[]): Found[] {
  const kept: Found[] = [];
  for (const hit of found.toSorted((a, b) => b.similarity - a.similarity)) {
    const { startMs, endMs } = hit.passage;
    const near = ({ passage, keyword }: Found) =>
      keyword === hit.keyword && passage.startMs < endMs + NEAR_MS && passage.endMs > startMs - NEAR_MS;
    if (!kept.some(near)) kept.push(hit);
  }
  return kept;
}
