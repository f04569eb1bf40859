import type { Citation, Condition, Operand, Risk, Rule } from '../../contracts/strategies.ts';
import { describeConditions } from './describe.ts';
import { cite, findMoment, type Lesson } from './lesson.ts';
import type { Parameter } from './parameters.ts';

/** A rule before it is known whether the lesson teaches it. `evidence`: patterns that must all occur in one moment. */
export type RulePlan = {
  conditions: Condition[];
  parameters: Parameter[];
  evidence: readonly RegExp[];
  /** What the conditions stand for where they can't say it themselves. */
  note?: string;
};

/** A strategy before citations: what a keyword means, filled with the lesson's numbers. */
export type Plan = {
  direction: 'long' | 'short';
  entry: RulePlan[];
  exit: RulePlan[];
  /** Where the keyword itself asks for another stop than the usual one. */
  stop?: Risk['stop'];
};

/** How a keyword reads as rules. `keywords` are canonical spellings of the lexicon. */
export type Meaning = { keywords: readonly string[]; build: (lesson: Lesson, keyword: string) => Plan };

export const number = (value: number): Operand => ({ kind: 'value', value });
export const price = (name: NonNullable<Operand['price']>, barsAgo = 0): Operand => ({
  kind: 'price',
  price: name,
  ...(barsAgo > 0 && { barsAgo }),
});
export const indicator = (
  name: NonNullable<Operand['indicator']>,
  parameters: Omit<Operand, 'kind' | 'indicator'>,
): Operand => ({ kind: 'indicator', indicator: name, ...parameters });
export const when = (left: Operand, operator: Condition['operator'], right: Operand): Condition => ({
  left,
  operator,
  right,
});

const SPELLED: Readonly<Record<number, string>> = {
  1: 'one',
  2: 'two',
  3: 'three',
  5: 'five',
  10: 'ten',
  20: 'twenty',
  30: 'thirty',
  50: 'fifty',
  70: 'seventy',
  80: 'eighty',
  100: '(?:one |a )?hundred',
  200: 'two hundred',
};

/** Matches the number as digits or, for round ones, spelled out. */
export const said = (value: number): RegExp => {
  const digits = String(value).replace('.', '\\.');
  const words = SPELLED[value];
  return new RegExp(`(?<![\\d.])${digits}(?![\\d]|\\.\\d)${words ? `|\\b${words}\\b` : ''}`, 'i');
};

/** The first variant whose evidence is in the lesson, else the first: how a rule is usually meant. */
export const firstTaught = (lesson: Lesson, variants: readonly [RulePlan, ...RulePlan[]]): RulePlan =>
  variants.find((variant) => findMoment(lesson, variant.evidence) !== null) ?? variants[0];

/** Each moment once: words that a longer quote of the same cue holds already are left out. */
export const uniqueCitations = (citations: readonly Citation[]): Citation[] =>
  citations.filter(
    (citation, i) =>
      !citations.some(
        (other, j) =>
          other.cueId === citation.cueId &&
          j !== i &&
          other.quote.includes(citation.quote) &&
          (other.quote !== citation.quote || j < i),
      ),
  );

/** Which of the numbers neither a concept nor the rule's own moment states. */
const unstated = (parameters: readonly Parameter[], moment: string): string[] =>
  parameters
    .filter((parameter) => parameter.citations.length === 0 && !said(parameter.value).test(moment))
    .map((parameter) => `${parameter.name} ${parameter.value}`);

export const notStated = (names: readonly string[]): string =>
  names.length === 0 ? '' : ` (${names.join(' and ')}: not stated in the lesson; default)`;

/**
 * The rule with its citations: the moment that teaches its condition and those that teach its numbers. Where there is
 * neither, it is a default and cites `keywordMoment`, in which the keyword is taught.
 */
export const toRule = (plan: RulePlan, id: string, verb: string, lesson: Lesson, keywordMoment: Citation[]): Rule => {
  const moment = plan.evidence.length > 0 ? findMoment(lesson, plan.evidence) : null;
  const teaching = [...(moment ? cite(moment) : []), ...plan.parameters.flatMap((parameter) => parameter.citations)];
  const missing = unstated(plan.parameters, moment?.text ?? '');
  const names = moment ? missing : ['the condition', ...missing];
  const note = plan.note ? `; ${plan.note}` : '';
  return {
    id,
    conditions: plan.conditions,
    says: `${verb} when ${describeConditions(plan.conditions)}${note}${notStated(names)}.`,
    origin: teaching.length > 0 ? 'taught' : 'default',
    citations: uniqueCitations(teaching.length > 0 ? teaching : keywordMoment),
  };
};
