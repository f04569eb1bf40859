import type { Citation, StrategyDraft, StrategyExample } from '../../contracts/strategies.ts';

export type CitationProblem = {
  /** entry-1, exit-1, stop-1, … */
  ruleId: string;
  cueId: number | null;
  reason: 'no_citation' | 'unknown_cue' | 'quote_not_in_cue' | 'wrong_place';
  message: string;
};

const plain = (text: string): string => text.replace(/\s+/g, ' ').trim();

/**
 * What is wrong with a draft's citations: every rule and risk number has one; every cited cue is among the examples, contains
 * the quote (white space aside) and lies where the citation says. Empty when all is well.
 */
export const checkCitations = (
  draft: Pick<StrategyDraft, 'rules'>,
  examples: readonly StrategyExample[],
): CitationProblem[] => {
  const cues = new Map(
    examples.flatMap((example) =>
      example.cues.map((cue) => [cue.id, { ...cue, mediaItemId: example.mediaItemId }] as const),
    ),
  );
  const check = (ruleId: string, citation: Citation): CitationProblem[] => {
    const cue = cues.get(citation.cueId);
    const problem = (reason: CitationProblem['reason'], message: string): CitationProblem[] => [
      { ruleId, cueId: citation.cueId, reason, message },
    ];
    if (!cue) return problem('unknown_cue', `cue ${citation.cueId} is not among the examples`);
    if (plain(citation.quote) === '' || !plain(cue.text).includes(plain(citation.quote))) {
      return problem('quote_not_in_cue', `cue ${cue.id} does not contain the words quoted`);
    }
    const same =
      cue.mediaItemId === citation.mediaItemId && cue.startMs === citation.startMs && cue.endMs === citation.endMs;
    return same ? [] : problem('wrong_place', `cue ${cue.id} lies elsewhere than the citation says`);
  };
  const { entry, exit, risk } = draft.rules;
  return [...entry, ...exit, ...risk.basis].flatMap(({ id, citations }) =>
    citations.length === 0
      ? [{ ruleId: id, cueId: null, reason: 'no_citation' as const, message: 'no moment is cited' }]
      : citations.flatMap((citation) => check(id, citation)),
  );
};
