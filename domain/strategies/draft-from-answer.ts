import {
  type Citation,
  type Condition,
  RULES_VERSION,
  type StrategyDraft,
  type StrategyExample,
} from '../../contracts/strategies.ts';
import type { AnswerCitation, StrategyAnswer } from '../llm/answers.ts';
import { restoreQuote } from '../llm/fence.ts';
import type { CitationProblem } from './check-citations.ts';
import { checkRules } from './check-rules.ts';
import { describeConditions, describeRiskPercent, describeStop, describeTarget } from './describe.ts';
import { joinSections } from './strategy-text.ts';

const plain = (text: string): string => restoreQuote(text).replace(/\s+/g, ' ').trim();

type Resolve = (ruleId: string, given: readonly AnswerCitation[]) => Citation[];

/** Looks the cited cues up; a citation that names none of them, or words that the cue does not have, becomes a problem. */
const createResolver = (examples: readonly StrategyExample[], problems: CitationProblem[]): Resolve => {
  const cues = new Map(examples.flatMap((example) => example.cues.map((cue) => [cue.id, { cue, example }] as const)));
  return (ruleId, given) => {
    const found = given.flatMap(({ cueId, quote }): Citation[] => {
      const known = cues.get(cueId);
      if (!known) {
        problems.push({ ruleId, cueId, reason: 'unknown_cue', message: `cue ${cueId} is not among the examples` });
        return [];
      }
      if (plain(quote) === '' || !plain(known.cue.text).includes(plain(quote))) {
        const message = `cue ${cueId} does not contain the words quoted`;
        problems.push({ ruleId, cueId, reason: 'quote_not_in_cue', message });
        return [];
      }
      const { mediaItemId, clipId } = known.example;
      return [{ cueId, mediaItemId, clipId, startMs: known.cue.startMs, endMs: known.cue.endMs, quote: plain(quote) }];
    });
    if (found.length === 0)
      problems.push({ ruleId, cueId: null, reason: 'no_citation', message: 'no moment is cited' });
    return found;
  };
};

/**
 * A model's answer as a draft: ids and sentences are ours, citations are looked up in the examples. `problems` lists those that
 * do not hold (they are left out of the rules); a caller accepts the draft only when there are none. Throws RULES_INVALID.
 */
export const draftFromAnswer = (
  keyword: string,
  answer: StrategyAnswer,
  examples: readonly StrategyExample[],
): { draft: StrategyDraft; problems: CitationProblem[] } => {
  const problems: CitationProblem[] = [];
  const resolve = createResolver(examples, problems);
  const backed = (id: string, says: string, given: readonly AnswerCitation[]) => {
    const citations = resolve(id, given);
    return {
      id,
      says: `${says}.`,
      origin: citations.length > 0 ? ('taught' as const) : ('default' as const),
      citations,
    };
  };
  const rule = (id: string, verb: string, given: { conditions: Condition[]; citations: AnswerCitation[] }) => ({
    ...backed(id, `${verb} when ${describeConditions(given.conditions)}`, given.citations),
    conditions: given.conditions,
  });
  const { direction } = answer;
  const { citations: stopCitations, ...stop } = answer.stop;
  const { citations: targetCitations, ...target } = answer.target;
  const rules = checkRules({
    version: RULES_VERSION,
    direction,
    entry: answer.entry.map((given, i) => rule(`entry-${i + 1}`, `Enter ${direction}`, given)),
    exit: answer.exit.map((given, i) => rule(`exit-${i + 1}`, `Exit the ${direction} trade`, given)),
    risk: {
      stop,
      target,
      riskPercent: answer.riskPercent,
      basis: [
        backed('stop-1', describeStop(stop, direction), stopCitations),
        backed('target-1', describeTarget(target), targetCitations),
        backed('risk-1', describeRiskPercent(answer.riskPercent), answer.riskCitations),
      ],
    },
  });
  const text = joinSections([answer.entrySignals, answer.exitCriteria, answer.riskManagement, answer.expectedOutcomes]);
  return { draft: { keyword, title: answer.title, text, rules }, problems };
};
