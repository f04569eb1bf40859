import { TapeworksError } from '../../contracts/errors.ts';
import { type Citation, RULES_VERSION, type StrategyDraft, type StrategyExample } from '../../contracts/strategies.ts';
import { checkRules } from './check-rules.ts';
import { cite, findMoment, type Lesson, openLesson, type TaughtConcept } from './lesson.ts';
import { whyNoMeaning } from './meanings/no-meaning.ts';
import { findMeaning } from './meanings/registry.ts';
import { toRule } from './plan.ts';
import { planRisk } from './risk-plan.ts';
import { strategyText } from './strategy-text.ts';

const words = (keyword: string): RegExp =>
  new RegExp(`(?<!\\w)${keyword.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/[\s-]+/g, '[\\s-]+')}`, 'i');

/** The moment in which the keyword is spoken; else the cues of the best example's hit (a variant was said there). */
const keywordMoment = (lesson: Lesson, examples: readonly StrategyExample[]): Citation[] => {
  const moment = findMoment(lesson, [words(lesson.keyword)]);
  if (moment) return cite(moment);
  for (const example of examples) {
    const parts = example.cues
      .filter((cue) => cue.startMs < example.endMs && cue.endMs > example.startMs)
      .flatMap((cue) => lesson.cues.get(cue.id) ?? [])
      .map((cue) => ({ cue, quote: cue.text.trim() }));
    if (parts.length > 0) return cite({ text: '', parts, ofKeyword: true });
  }
  throw new TapeworksError('NO_EXAMPLES', `No example of "${lesson.keyword}" has the words in which it is taught.`);
};

/**
 * A strategy by rules and quotes, without a model: the keyword's meaning filled with the numbers that the concepts teach. Each
 * rule cites the moments that teach it; what the lesson does not state is a default, says so, and cites the moment in which the
 * keyword is taught. Examples of other keywords (stop loss, risk per trade) may be given along: they are used for the numbers
 * they teach. Throws NO_EXAMPLES and NO_RULE_MEANING.
 */
export const offlineStrategy = (input: {
  keyword: string;
  examples: readonly StrategyExample[];
  concepts: readonly TaughtConcept[];
}): StrategyDraft => {
  const { keyword } = input;
  const meaning = findMeaning(keyword);
  if (!meaning) {
    throw new TapeworksError('NO_RULE_MEANING', `"${keyword}" cannot be told as rules: ${whyNoMeaning(keyword)}.`, {
      keyword,
    });
  }
  if (input.examples.length === 0) throw new TapeworksError('NO_EXAMPLES', `There is no example of "${keyword}".`);
  const lesson = openLesson(input);
  const moment = keywordMoment(lesson, input.examples);
  const plan = meaning.build(lesson, keyword);
  const side = plan.direction;
  const rules = checkRules({
    version: RULES_VERSION,
    direction: side,
    entry: plan.entry.map((rule, i) => toRule(rule, `entry-${i + 1}`, `Enter ${side}`, lesson, moment)),
    exit: plan.exit.map((rule, i) => toRule(rule, `exit-${i + 1}`, `Exit the ${side} trade`, lesson, moment)),
    risk: planRisk(lesson, plan, moment),
  });
  const taught = [...rules.entry, ...rules.exit].some((rule) => rule.origin === 'taught');
  const name = keyword.charAt(0).toUpperCase() + keyword.slice(1);
  const title = `${name}: ${side} strategy ${taught ? 'from the lesson' : 'by default rules; the lesson states none'}`;
  return { keyword, title, text: strategyText(rules), rules };
};
