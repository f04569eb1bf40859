import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TapeworksError } from '../../contracts/errors.ts';
import { strategyDraftSchema } from '../../contracts/strategies.ts';
import { readCandles } from '../candles/read-candles.ts';
import { scanSignals } from '../signals/scan-signals.ts';
import { checkCitations } from './check-citations.ts';
import { checkRules } from './check-rules.ts';
import { RULE_KEYWORDS } from './meanings/registry.ts';
import { offlineStrategy } from './offline-strategy.ts';
import { SECTIONS } from './strategy-text.ts';
import { conceptOf, exampleOf, RSI_CONCEPTS, RSI_TEXTS } from './test-lesson.ts';

const rsiExample = exampleOf('RSI', RSI_TEXTS);
const rsi = offlineStrategy({ keyword: 'RSI', examples: [rsiExample], concepts: RSI_CONCEPTS });
const code = (run: () => unknown): unknown => {
  try {
    run();
  } catch (error) {
    return error instanceof TapeworksError ? error.code : error;
  }
  return 'no error';
};

describe('offlineStrategy', () => {
  it('takes the numbers that the lesson teaches', () => {
    const [entry] = rsi.rules.entry;
    expect(entry?.conditions).toEqual([
      {
        left: { kind: 'indicator', indicator: 'rsi', period: 21 },
        operator: 'crosses_above',
        right: { kind: 'value', value: 25 },
      },
    ]);
    expect(entry?.says).toBe('Enter long when RSI(21) crosses above 25.');
    expect(rsi.rules.exit[0]?.conditions[0]?.right).toEqual({ kind: 'value', value: 75 });
    expect(rsi.rules.risk.stop).toEqual({ kind: 'atr', amount: 3, period: 14 });
  });

  it('cites the moments that teach a rule, word for word', () => {
    const quotes = rsi.rules.entry[0]?.citations.map(({ cueId, quote }) => [cueId, quote]);
    expect(quotes).toEqual([
      [2, 'We wait until the RSI has been below 25,'],
      [3, 'and we buy when the RSI crosses back above 25.'],
      [1, '21-period RSI'],
    ]);
    expect(rsi.rules.entry[0]?.origin).toBe('taught');
    expect(checkCitations(rsi, [rsiExample])).toEqual([]);
  });

  it('calls a default a default and still cites where the keyword is taught', () => {
    const example = exampleOf('MACD', ['Today we talk about the MACD.', 'It is a fine tool.']);
    const { rules, title } = offlineStrategy({ keyword: 'MACD', examples: [example], concepts: [] });
    expect(rules.entry[0]).toMatchObject({
      origin: 'default',
      citations: [{ cueId: 1, quote: 'Today we talk about the MACD.' }],
    });
    expect(rules.entry[0]?.says).toContain('not stated in the lesson; default');
    expect(title).toBe('MACD: long strategy by default rules; the lesson states none');
    expect(rules.risk.basis.map(({ origin, citations }) => [origin, citations.length])).toEqual([
      ['default', 1],
      ['default', 1],
      ['default', 1],
    ]);
  });

  it('writes four sections whose every sentence quotes a moment', () => {
    expect(SECTIONS.every((heading) => rsi.text.includes(`${heading}\n- `))).toBe(true);
    const sentences = rsi.text.split('\n').filter((line) => line.startsWith('- '));
    expect(sentences.every((line) => /\[\d\d:\d\d ".+"\]$/.test(line))).toBe(true);
    expect(rsi.text).toContain('[00:06 "and we buy when the RSI crosses back above 25."]');
    expect(strategyDraftSchema.parse(rsi)).toEqual(rsi);
  });

  it('ignores a concept whose cues are not among the examples', () => {
    const elsewhere = conceptOf('RSI', 'period', 9, '9-period RSI', [99]);
    const draft = offlineStrategy({
      keyword: 'RSI',
      examples: [exampleOf('RSI', ['The RSI is useful.'])],
      concepts: [elsewhere],
    });
    expect(draft.rules.entry[0]?.conditions[0]?.left.period).toBe(14);
  });

  it('reads "oversold" as the stochastic where the lesson speaks of that alone', () => {
    const example = exampleOf('oversold', ['When the stochastic is below 20 it is oversold.']);
    const draft = offlineStrategy({ keyword: 'oversold', examples: [example], concepts: [] });
    expect(draft.rules.entry[0]?.conditions[0]?.left.indicator).toBe('stochastic');
  });

  it('never mixes up the periods of an average crossing', () => {
    const example = exampleOf('golden cross', ['The 200-day moving average and the 50-day one: a golden cross.']);
    const concepts = [200, 50].map((days) => conceptOf('moving average', 'period', days, String(days), [1]));
    const [entry] = offlineStrategy({ keyword: 'golden cross', examples: [example], concepts }).rules.entry;
    expect([entry?.conditions[0]?.left.period, entry?.conditions[0]?.right.period]).toEqual([50, 200]);
  });

  it.each([
    ['head and shoulders', /swing points/],
    ['iron condor', /not read from candles/],
    ['FOMO', /about the trader/],
    ['bullish divergence', /beyond rsi, sma/],
    ['fishing', /no term of the lexicon/],
  ])('says why %s has no rules', (keyword, why) => {
    expect(() => offlineStrategy({ keyword, examples: [rsiExample], concepts: [] })).toThrow(why);
  });

  it('refuses keywords that rules cannot tell, and empty examples', () => {
    expect(code(() => offlineStrategy({ keyword: 'head and shoulders', examples: [rsiExample], concepts: [] }))).toBe(
      'NO_RULE_MEANING',
    );
    expect(code(() => offlineStrategy({ keyword: 'RSI', examples: [], concepts: [] }))).toBe('NO_EXAMPLES');
    expect(code(() => offlineStrategy({ keyword: 'RSI', examples: [exampleOf('RSI', [' '])], concepts: [] }))).toBe(
      'NO_EXAMPLES',
    );
  });
});

describe('every keyword with a meaning', () => {
  const candles = readCandles(
    readFileSync(new URL('../../tests/fixtures/candles/default.csv', import.meta.url), 'utf8'),
    'default.csv',
  ).candles;

  it('there are at least 40', () => expect(new Set(RULE_KEYWORDS).size).toBeGreaterThanOrEqual(40));

  it.each([...RULE_KEYWORDS])('%s gives sound, cited rules that run', (keyword) => {
    const example = exampleOf(keyword, [`Let us talk about the ${keyword} today.`, 'It is simple.']);
    const draft = offlineStrategy({ keyword, examples: [example], concepts: [] });
    expect(checkRules(draft.rules)).toEqual(draft.rules);
    expect(checkCitations(draft, [example])).toEqual([]);
    const signals = scanSignals(draft.rules, candles, { symbol: 'X', timeframe: '1d' });
    const side = draft.rules.direction === 'long' ? 1 : -1;
    expect(signals.every((signal) => (signal.entryPrice - signal.stopLoss) * side > 0)).toBe(true);
  });

  it('holds for any words and any taught numbers', () => {
    const parameters = [
      'period',
      'fast_period',
      'slow_period',
      'threshold_above',
      'threshold_below',
      'percent',
      'multiple',
      'ratio',
    ] as const;
    const term = fc.constantFrom(
      'RSI',
      'MACD',
      'moving average',
      'Bollinger bands',
      'stochastic',
      'breakout',
      'volume',
      'stop loss',
      'ATR',
      'risk per trade',
      'risk reward ratio',
      'take profit',
    );
    const taught = fc.tuple(
      term,
      fc.constantFrom(...parameters),
      fc.double({ min: -10, max: 1_000, noNaN: true }).map((value) => Math.round(value * 2) / 2),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...RULE_KEYWORDS),
        fc.array(fc.string(), { maxLength: 4 }),
        fc.array(taught, { maxLength: 12 }),
        (keyword, noise, list) => {
          const example = exampleOf(keyword, [`About the ${keyword}.`, ...noise]);
          const concepts = list.map(([name, parameter, value]) => conceptOf(name, parameter, value, keyword, [1]));
          const draft = offlineStrategy({ keyword, examples: [example], concepts });
          expect(checkCitations(draft, [example])).toEqual([]);
        },
      ),
      { numRuns: 300 },
    );
  });
});
