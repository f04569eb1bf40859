import type { TranscriptQuality } from '../../contracts/transcripts.ts';
import type { FoundTerm } from './find-terms.ts';
import type { SpellingKind } from './spellings.ts';

/** How much a spelling says: letters spoken one by one, and what a recogniser misheard, can be something else. */
const SPELLING_TRUST: Record<SpellingKind, number> = { canonical: 1, variant: 0.98, misheard: 0.9, letters: 0.9 };
/** A word that is also everyday language counts less where nothing near it speaks of trading. */
const ALONE_TRUST = 0.75;
const UNAMBIGUOUS_WEIGHT = 0.9;
const COMPANY_CHARS = 600;
const VERDICT_TRUST: Record<TranscriptQuality['verdict'], number> = { good: 1, fair: 0.95, poor: 0.85 };

/** What a hit can be worth in a transcript: 1 where nothing is known of its quality. */
export const qualityTrust = (quality: Pick<TranscriptQuality, 'verdict' | 'usableShare'> | null): number =>
  quality === null ? 1 : VERDICT_TRUST[quality.verdict] * (0.7 + 0.3 * quality.usableShare);

/** Whether a different term stands within about 40 seconds of speech. Looks at few neighbours only. */
function inCompany(terms: FoundTerm[], at: number): boolean {
  const here = terms[at];
  if (!here) return false;
  for (const step of [-1, 1])
    for (let other = at + step; other >= 0 && other < terms.length && Math.abs(other - at) <= 8; other += step) {
      const there = terms[other];
      if (!there || Math.abs(there.start - here.start) > COMPANY_CHARS) break;
      if (there.spelling.term !== here.spelling.term) return true;
    }
  return false;
}

/**
 * Confidence 0–1 of the term at a position of those found, rounded to three places:
 *
 * weight (the spelling's own, else the term's)
 * × spelling: as the keyword 1, as a variant 0.98, misheard or letter by letter 0.9
 * × context: 1 if the weight is 0.9 or more, a different term stands within 600 characters, or a context that the spelling needs
 *   is there; else 0.75
 * × transcript: good 1, fair 0.95, poor 0.85, times 0.7 + 0.3 × share of usable text
 */
export function confidenceOf(terms: FoundTerm[], at: number, trust = 1): number {
  const found = terms[at];
  if (!found) return 0;
  const { term, kind, loose } = found.spelling;
  const weight = loose?.weight ?? term.weight;
  const context = weight >= UNAMBIGUOUS_WEIGHT || found.contextMet || inCompany(terms, at) ? 1 : ALONE_TRUST;
  return Math.round(weight * SPELLING_TRUST[kind] * context * trust * 1000) / 1000;
}
