import type { KeywordHit, Lexicon } from '../../contracts/keywords.ts';
import type { Cue } from '../../contracts/transcripts.ts';
import { joinCues } from '../transcripts/join-cues.ts';
import { confidenceOf } from './confidence.ts';
import { contextAround } from './context.ts';
import { type TermFinder, termFinder } from './find-terms.ts';
import { requireKeyword } from './lexicon.ts';

/** Finds hits of a lexicon; `only` are the canonical keywords that are reported, `null` for all. */
export type Matcher = { finder: TermFinder; only: ReadonlySet<string> | null };

/**
 * Prepares matching. `only` takes terms or variants in any case; `null` means all terms, `[]` none.
 * Throws `UNKNOWN_KEYWORD`, naming the closest terms.
 */
export function createMatcher(lexicon: Lexicon, only: string[] | null = null): Matcher {
  return {
    finder: termFinder(lexicon),
    only: only === null ? null : new Set(only.map((keyword) => requireKeyword(lexicon, keyword))),
  };
}

/** `trust`: what a hit in this transcript can be worth at most, see `qualityTrust`. Hits below `minConfidence` are left out. */
export type HitOptions = { trust?: number; minConfidence?: number };

/**
 * All hits in cues sorted by time, in order of the text, also across cue borders. Where terms overlap the longest counts,
 * whatever `only` says. A keyword has at most one hit a millisecond. Linear in the text.
 */
export function findHits(
  { finder, only }: Matcher,
  cues: Cue[],
  { trust = 1, minConfidence = 0 }: HitOptions = {},
): KeywordHit[] {
  const joined = joinCues(cues);
  const terms = finder.find(joined.text);
  const seen = new Set<string>();
  return terms.flatMap(({ spelling, start, end }, at): KeywordHit[] => {
    const { keyword, category } = spelling.term;
    const confidence = confidenceOf(terms, at, trust);
    if ((only !== null && !only.has(keyword)) || confidence < minConfidence) return [];
    const span = joined.span(start, end);
    const key = `${keyword}@${span.startMs}`;
    if (seen.has(key)) return [];
    seen.add(key);
    const variant = joined.text.slice(start, end);
    const contextText = contextAround(cues, joined, start, end, span);
    return [{ keyword, category, variant, confidence, method: 'lexical', contextText, ...span }];
  });
}
