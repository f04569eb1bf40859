import type { Condition, Operand } from '../../contracts/strategies.ts';
import { indicatorRegistry, withDefaults } from '../indicators/registry.ts';
import type { Scale } from '../indicators/types.ts';
import { lineName } from './operands.ts';

/** What is wrong and where: `path` in dots, as `entry.0.conditions.1.left.period`. */
export type RuleProblem = { path: string; message: string };

const PARAMETERS = ['period', 'fast', 'slow', 'signal', 'smooth', 'deviations'] as const;
const FIELDS: Record<Operand['kind'], readonly (keyof Operand)[]> = {
  value: ['kind', 'value'],
  price: ['kind', 'price', 'barsAgo'],
  indicator: ['kind', 'indicator', 'line', 'barsAgo', ...PARAMETERS],
};

const checkIndicator = (operand: Operand, path: string): RuleProblem[] => {
  if (operand.indicator === undefined) return [{ path: `${path}.indicator`, message: 'an indicator must be named' }];
  const name = operand.indicator;
  const indicator = indicatorRegistry[name];
  const problems: RuleProblem[] = [];
  const lines = Object.keys(indicator.lines);
  if (!lines.includes(lineName(operand))) {
    const allowed = lines.includes('value')
      ? `${name} has one line only; leave line out`
      : `one of ${lines.join(', ')}`;
    problems.push({ path: `${path}.line`, message: allowed });
  }
  for (const key of PARAMETERS) {
    const value = operand[key];
    const spec = indicator.parameters[key];
    if (value === undefined) continue;
    if (!spec) problems.push({ path: `${path}.${key}`, message: `${name} takes no ${key}` });
    else if (value < spec.min || value > spec.max) {
      problems.push({ path: `${path}.${key}`, message: `must be from ${spec.min} to ${spec.max}` });
    }
  }
  const problem = indicator.problem?.(withDefaults(name, operand));
  if (problem) problems.push({ path: `${path}.${name === 'macd' ? 'fast' : 'indicator'}`, message: problem });
  return problems;
};

/** An operand has the fields of its kind and no others; an indicator's line and parameters are its own. */
export const checkOperand = (operand: Operand, path: string): RuleProblem[] => {
  const problems: RuleProblem[] = [];
  for (const key of Object.keys(operand) as (keyof Operand)[]) {
    if (operand[key] !== undefined && !FIELDS[operand.kind].includes(key)) {
      problems.push({ path: `${path}.${key}`, message: `does not belong to an operand of kind ${operand.kind}` });
    }
  }
  if (operand.kind === 'value' && operand.value === undefined) {
    problems.push({ path: `${path}.value`, message: 'a number is needed' });
  }
  if (operand.kind === 'price' && operand.price === undefined) {
    problems.push({ path: `${path}.price`, message: 'one of open, high, low, close, volume is needed' });
  }
  return operand.kind === 'indicator' ? [...problems, ...checkIndicator(operand, path)] : problems;
};

const scaleOf = (operand: Operand): Scale | null => {
  if (operand.kind === 'price') return operand.price === 'volume' ? 'volume' : 'price';
  if (operand.kind === 'indicator' && operand.indicator) {
    return indicatorRegistry[operand.indicator].lines[lineName(operand)] ?? null;
  }
  return null;
};

const sameOperand = (left: Operand, right: Operand): boolean =>
  FIELDS[left.kind].every((key) => (left[key] ?? 0) === (right[key] ?? 0));

/** Both sides are numbers of one scale, not two constants, not the same thing twice, and a constant is reachable. */
export const checkSides = ({ left, right }: Condition, path: string): RuleProblem[] => {
  if (left.kind === 'value' && right.kind === 'value') {
    return [{ path, message: 'two constants: one side must be a price or an indicator' }];
  }
  if (sameOperand(left, right)) {
    return [{ path, message: 'both sides are the same' }];
  }
  const [a, b] = [scaleOf(left), scaleOf(right)];
  if (a && b && a !== b) return [{ path, message: `a ${a} cannot be compared with a ${b}` }];
  const constant = [left, right].find((operand) => operand.kind === 'value')?.value;
  if (constant !== undefined && (a ?? b) === 'percent' && (constant < 0 || constant > 100)) {
    return [{ path, message: 'this indicator moves between 0 and 100' }];
  }
  return [];
};
