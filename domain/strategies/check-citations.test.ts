import { describe, expect, it } from 'vitest';
import type { Citation } from '../../contracts/strategies.ts';
import type { StrategyAnswer } from '../llm/answers.ts';
import { checkCitations } from './check-citations.ts';
import { draftFromAnswer } from './draft-from-answer.ts';
import { offlineStrategy } from './offline-strategy.ts';
import { exampleOf, RSI_CONCEPTS, RSI_TEXTS } from './test-lesson.ts';

const examples = [exampleOf('RSI', RSI_TEXTS)];
const { rules } = offlineStrategy({ keyword: 'RSI', examples, concepts: RSI_CONCEPTS });
const reasons = (change: (citation: Citation) => Citation | null): string[] => {
  const entry = rules.entry.map((rule) => ({
    ...rule,
    citations: rule.citations.slice(0, 1).flatMap((one) => change(one) ?? []),
  }));
  return checkCitations({ rules: { ...rules, entry } }, examples).map((problem) => problem.reason);
};

describe('checkCitations', () => {
  it('forgives white space', () =>
    expect(reasons((one) => ({ ...one, quote: ` ${one.quote.replace(' ', '\n  ')} ` }))).toEqual([]));
  it.each<[string, (one: Citation) => Citation | null]>([
    ['no_citation', () => null],
    ['unknown_cue', (one) => ({ ...one, cueId: 99 })],
    ['quote_not_in_cue', (one) => ({ ...one, quote: 'guaranteed profit' })],
    ['quote_not_in_cue', (one) => ({ ...one, quote: ' ' })],
    ['wrong_place', (one) => ({ ...one, startMs: one.startMs + 1 })],
    ['wrong_place', (one) => ({ ...one, mediaItemId: 8 })],
  ])('finds %s', (reason, change) => expect(reasons(change)).toEqual([reason]));
});

const cited = [{ cueId: 3, quote: 'buy when the RSI  crosses' }];
const answer: StrategyAnswer = {
  title: 'RSI turn',
  entrySignals: 'Buy when the RSI crosses above 25.',
  exitCriteria: 'Sell above 75.',
  riskManagement: 'Stop at three ATR.',
  expectedOutcomes: 'Unknown.',
  direction: 'long',
  entry: [
    {
      conditions: [
        {
          left: { kind: 'indicator', indicator: 'rsi', period: 21 },
          operator: 'crosses_above',
          right: { kind: 'value', value: 25 },
        },
      ],
      citations: cited,
    },
  ],
  exit: [],
  stop: { kind: 'atr', amount: 3, period: 14, citations: [{ cueId: 5, quote: 'three ATR below entry' }] },
  target: { kind: 'risk_multiple', amount: 2, citations: cited },
  riskPercent: 1,
  riskCitations: cited,
};

describe('draftFromAnswer', () => {
  it('looks cited cues up and writes ids and sentences itself', () => {
    const { draft, problems } = draftFromAnswer('RSI', answer, examples);
    expect(problems).toEqual([]);
    expect(checkCitations(draft, examples)).toEqual([]);
    expect(draft.rules.entry[0]).toMatchObject({
      id: 'entry-1',
      says: 'Enter long when RSI(21) crosses above 25.',
      citations: [{ cueId: 3, mediaItemId: 7, clipId: 3, startMs: 6_000, quote: 'buy when the RSI crosses' }],
    });
    expect(draft.text).toContain('Exit criteria\nSell above 75.');
  });

  it('leaves made-up citations out and tells them', () => {
    const madeUp = {
      ...answer,
      riskCitations: [
        { cueId: 3, quote: 'risk it all' },
        { cueId: 77, quote: 'x' },
      ],
    };
    const { draft, problems } = draftFromAnswer('RSI', madeUp, examples);
    expect(problems.map(({ ruleId, reason }) => [ruleId, reason])).toEqual([
      ['risk-1', 'quote_not_in_cue'],
      ['risk-1', 'unknown_cue'],
      ['risk-1', 'no_citation'],
    ]);
    expect(draft.rules.risk.basis[2]).toMatchObject({ origin: 'default', citations: [] });
  });

  it('refuses rules that make no sense', () => {
    const senseless = { ...answer, stop: { ...answer.stop, kind: 'percent' as const, amount: 250 } };
    expect(() => draftFromAnswer('RSI', senseless, examples)).toThrow(/risk\.stop\.amount/);
  });
});
