import { TapeworksError } from '../../contracts/errors.ts';
import { type Rule, type StrategyRules, strategyRulesSchema } from '../../contracts/strategies.ts';
import { checkOperand, checkSides, type RuleProblem } from './check-operand.ts';

const checkRule = (rule: Rule, kind: 'entry' | 'exit', path: string): RuleProblem[] => {
  const problems = rule.conditions.flatMap((condition, i) => {
    const at = `${path}.conditions.${i}`;
    return [
      ...checkOperand(condition.left, `${at}.left`),
      ...checkOperand(condition.right, `${at}.right`),
      ...checkSides(condition, at),
    ];
  });
  if (!rule.id.startsWith(`${kind}-`)) problems.push({ path: `${path}.id`, message: `must start with "${kind}-"` });
  if (rule.origin === 'taught' && rule.citations.length === 0) {
    problems.push({ path: `${path}.citations`, message: 'a taught rule needs a citation' });
  }
  return problems;
};

const checkRisk = ({ direction, risk }: StrategyRules): RuleProblem[] => {
  const problems: RuleProblem[] = [];
  if (direction === 'long' && risk.stop.kind !== 'atr' && risk.stop.amount >= 100) {
    problems.push({ path: 'risk.stop.amount', message: 'a stop 100 percent below the entry is at or below zero' });
  }
  if (direction === 'short' && risk.target.kind === 'percent' && risk.target.amount >= 100) {
    problems.push({ path: 'risk.target.amount', message: 'a target 100 percent below the entry is at or below zero' });
  }
  for (const id of ['stop-1', 'target-1', 'risk-1']) {
    const count = risk.basis.filter((basis) => basis.id === id).length;
    if (count !== 1)
      problems.push({ path: 'risk.basis', message: `exactly one entry ${id} is needed, found ${count}` });
  }
  for (const [i, basis] of risk.basis.entries()) {
    if (basis.origin === 'taught' && basis.citations.length === 0) {
      problems.push({ path: `risk.basis.${i}.citations`, message: 'a taught number needs a citation' });
    }
  }
  return problems;
};

const repeatedIds = (rules: StrategyRules): RuleProblem[] => {
  const ids = [...rules.entry, ...rules.exit].map((rule) => rule.id);
  const repeated = ids.filter((id, i) => ids.indexOf(id) !== i);
  return [...new Set(repeated)].map((id) => ({ path: 'entry', message: `the id ${id} is used more than once` }));
};

/** Everything wrong with rules from anywhere: shape first, meaning only when the shape is right. Empty when they are sound. */
export const findRuleProblems = (rules: unknown): RuleProblem[] => {
  const parsed = strategyRulesSchema.safeParse(rules);
  if (!parsed.success) {
    return parsed.error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }));
  }
  return [
    ...parsed.data.entry.flatMap((rule, i) => checkRule(rule, 'entry', `entry.${i}`)),
    ...parsed.data.exit.flatMap((rule, i) => checkRule(rule, 'exit', `exit.${i}`)),
    ...repeatedIds(parsed.data),
    ...checkRisk(parsed.data),
  ];
};

/** The rules, typed, when shape and meaning are sound; else RULES_INVALID naming the first path, with all `problems` in its details. */
export const checkRules = (rules: unknown): StrategyRules => {
  const problems = findRuleProblems(rules);
  const [first] = problems;
  if (first) {
    const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
    throw new TapeworksError('RULES_INVALID', `${first.path || 'rules'}: ${first.message}${more}.`, { problems });
  }
  return strategyRulesSchema.parse(rules);
};
