import type { Citation, Risk } from '../../contracts/strategies.ts';
import { describeRiskPercent, describeStop, describeTarget } from './describe.ts';
import type { Lesson } from './lesson.ts';
import { type Parameter, readParameter } from './parameters.ts';
import { notStated, type Plan, uniqueCitations } from './plan.ts';

const STOP_TERMS = ['stop loss', 'stop', 'ATR', 'average true range', 'trailing stop'];
const RISK_TERMS = ['risk per trade', 'position sizing', 'position size', 'risk management', 'risk', 'equity'];
const TARGET_TERMS = ['take profit', 'profit target', 'price target'];
const USUAL: Risk['stop'] = { kind: 'atr', amount: 2, period: 14 };

type Read = { stop: Risk['stop']; numbers: Parameter[] };

/** A stop in ATR where a multiple is taught, in percent where that is taught, else the plan's or the usual one. */
const readStop = (lesson: Lesson, plan: Plan): Read => {
  const usual = plan.stop ?? USUAL;
  const query = { min: 0.25, max: 20, integer: false, fallback: usual.amount };
  const multiple = readParameter(lesson, {
    ...query,
    name: 'stop distance',
    terms: STOP_TERMS,
    kinds: ['multiple'],
    quote: /\b(stop|atr|average true range)\b/i,
  });
  const percent = readParameter(lesson, {
    ...query,
    name: 'stop distance',
    terms: STOP_TERMS,
    kinds: ['percent'],
    quote: /\bstop\b/i,
  });
  if (multiple.citations.length > 0) {
    const period = readParameter(lesson, {
      name: 'ATR period',
      terms: ['ATR', 'average true range'],
      kinds: ['period'],
      fallback: 14,
      min: 2,
      max: 100,
    });
    return { stop: { kind: 'atr', amount: multiple.value, period: period.value }, numbers: [multiple, period] };
  }
  if (percent.citations.length > 0) {
    return { stop: { kind: 'percent', amount: percent.value, period: 1 }, numbers: [percent] };
  }
  return { stop: usual, numbers: [multiple] };
};

const readTarget = (lesson: Lesson): { target: Risk['target']; number: Parameter } => {
  const ratio = readParameter(lesson, {
    name: 'reward for one unit of risk',
    terms: ['risk reward', 'risk reward ratio', 'R multiple', ...TARGET_TERMS],
    kinds: ['ratio', 'multiple'],
    fallback: 2,
    min: 0.5,
    max: 20,
    integer: false,
  });
  const percent = readParameter(lesson, {
    name: 'profit target',
    terms: TARGET_TERMS,
    kinds: ['percent'],
    fallback: 0,
    min: 0.1,
    max: 90,
    integer: false,
  });
  if (ratio.citations.length === 0 && percent.citations.length > 0) {
    return { target: { kind: 'percent', amount: percent.value }, number: percent };
  }
  return { target: { kind: 'risk_multiple', amount: ratio.value }, number: ratio };
};

const basis = (id: string, sentence: string, numbers: readonly Parameter[], keywordMoment: Citation[]) => {
  const citations = uniqueCitations(numbers.flatMap((number) => number.citations));
  const missing = numbers
    .filter((number) => number.citations.length === 0)
    .map((number) => `${number.name} ${number.value}`);
  return {
    id,
    says: `${sentence}${notStated(missing)}.`,
    origin: citations.length > 0 ? ('taught' as const) : ('default' as const),
    citations: citations.length > 0 ? citations : keywordMoment,
  };
};

/** Stop, target and size, from what the lesson teaches about risk; the rest are defaults that cite the keyword's moment. */
export const planRisk = (lesson: Lesson, plan: Plan, keywordMoment: Citation[]): Risk => {
  const { stop, numbers } = readStop(lesson, plan);
  const { target, number } = readTarget(lesson);
  const size = readParameter(lesson, {
    name: 'risk per trade in percent',
    terms: RISK_TERMS,
    kinds: ['percent'],
    fallback: 1,
    min: 0.05,
    max: 10,
    integer: false,
    quote: /\brisk|account|equity|capital\b/i,
  });
  return {
    stop,
    target,
    riskPercent: size.value,
    basis: [
      basis('stop-1', describeStop(stop, plan.direction), numbers, keywordMoment),
      basis('target-1', describeTarget(target), [number], keywordMoment),
      basis('risk-1', describeRiskPercent(size.value), [size], keywordMoment),
    ],
  };
};
