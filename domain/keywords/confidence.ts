import type { FoundTerm } from './find-terms.ts';

/** How much a spelling says: letters spoken one by one can be something else. */
const SPELLING_TRUST = { canonical: 1, variant: 0.98, letters: 0.9 } as const;
/** A word that is also everyday language counts less where no other term is spoken near it. */
const ALONE_TRUST = 0.75;
const UNAMBIGUOUS_WEIGHT = 0.9;
const COMPANY_CHARS = 600;

/** Whether a different one stands within about 40 seconds of speech. Looks at few neighbours only. */
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
 * Confidence 0–1: the term's weight × trust in the spelling (canonical 1, variant 0.98, single letters 0.9)
 * × 0.75 if the term is everyday language (weight below 0.9) and no other term is spoken near it.
 */
export function confidenceOf(terms: FoundTerm[], at: number): number {
  const found = terms[at];
  if (!found) return 0;
  const { term, kind } = found.spelling;
  const company = term.weight >= UNAMBIGUOUS_WEIGHT || inCompany(terms, at) ? 1 : ALONE_TRUST;
  return Math.round(term.weight * SPELLING_TRUST[kind] * company * 1000) / 1000;
}
