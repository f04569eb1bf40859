/**
 * Strategies and the closed rule language they are written in. Rules are data that `domain/strategies` interprets; no code is
 * ever generated or run. A rule holds at a bar's close and sees that bar and earlier ones only.
 */
import { z } from 'zod';

export const RULES_VERSION = 1;

export const INDICATORS = [
  'rsi',
  'sma',
  'ema',
  'macd',
  'bollinger',
  'atr',
  'stochastic',
  'volume_ratio',
  'highest_high',
  'lowest_low',
] as const;
export const indicatorNameSchema = z.enum(INDICATORS);
export type IndicatorName = z.infer<typeof indicatorNameSchema>;

/** A number at a bar. Kept flat so that constrained decoders can follow it; `checkRules` in domain/strategies checks the combinations. */
export const operandSchema = z.object({
  kind: z.enum(['value', 'price', 'indicator']),
  /** kind value: the number. */
  value: z.number().optional(),
  /** kind price. */
  price: z.enum(['open', 'high', 'low', 'close', 'volume']).optional(),
  /** kind indicator. */
  indicator: indicatorNameSchema.optional(),
  /** Which line of a many-lined indicator: macd → macd, signal, histogram; bollinger → upper, middle, lower; stochastic → k, d. */
  line: z.enum(['macd', 'signal', 'histogram', 'upper', 'middle', 'lower', 'k', 'd']).optional(),
  /** Bars; macd takes fast, slow, signal instead; stochastic takes period, smooth, signal. */
  period: z.int().min(1).max(500).optional(),
  fast: z.int().min(1).max(500).optional(),
  slow: z.int().min(1).max(500).optional(),
  signal: z.int().min(1).max(500).optional(),
  smooth: z.int().min(1).max(100).optional(),
  deviations: z.number().positive().max(10).optional(),
  /** So many bars ago; 0 is the bar just closed. */
  barsAgo: z.int().min(0).max(500).optional(),
});
export type Operand = z.infer<typeof operandSchema>;

export const conditionSchema = z.object({
  left: operandSchema,
  operator: z.enum(['above', 'below', 'at_or_above', 'at_or_below', 'crosses_above', 'crosses_below']),
  right: operandSchema,
});
export type Condition = z.infer<typeof conditionSchema>;

/** Where a rule or number comes from: `taught` carries citations; `default` is ours because the lesson does not say. */
export const originSchema = z.enum(['taught', 'default']);

/** A moment that a rule rests on. `quote` is a literal part of the cue's text. */
export const citationSchema = z.object({
  cueId: z.int(),
  mediaItemId: z.int(),
  clipId: z.int().nullable(),
  startMs: z.int().min(0),
  endMs: z.int().min(0),
  quote: z.string().min(1),
});
export type Citation = z.infer<typeof citationSchema>;

/** All conditions must hold at the same close. Entry rules: any one opens; exit rules: any one closes. */
export const ruleSchema = z.object({
  id: z.string().regex(/^(entry|exit|stop|target|risk)-\d{1,2}$/),
  conditions: z.array(conditionSchema).min(1).max(6),
  says: z.string(),
  origin: originSchema,
  citations: z.array(citationSchema),
});
export type Rule = z.infer<typeof ruleSchema>;

export const riskSchema = z.object({
  /**
   * atr: `amount` × ATR(`period`) from the entry; percent: `amount` percent from the entry (`period` unused); swing: `amount`
   * percent beyond the lowest low (short: highest high) of the last `period` bars.
   */
  stop: z.object({
    kind: z.enum(['atr', 'percent', 'swing']),
    amount: z.number().positive(),
    period: z.int().min(1).max(500),
  }),
  target: z.object({ kind: z.enum(['risk_multiple', 'percent']), amount: z.number().positive() }),
  /** Percent of equity put at risk in one trade. */
  riskPercent: z.number().positive().max(10),
  /** One entry each for stop-1, target-1, risk-1. */
  basis: z.array(
    z.object({ id: z.string(), says: z.string(), origin: originSchema, citations: z.array(citationSchema) }),
  ),
});
export type Risk = z.infer<typeof riskSchema>;

export const strategyRulesSchema = z
  .object({
    version: z.literal(RULES_VERSION),
    direction: z.enum(['long', 'short']),
    entry: z.array(ruleSchema).min(1).max(8),
    exit: z.array(ruleSchema).max(8),
    risk: riskSchema,
  })
  .meta({ id: 'StrategyRules' });
export type StrategyRules = z.infer<typeof strategyRulesSchema>;

/** A keyword example that goes into a prompt: one hit, its clip and the cues around it. */
export const strategyExampleSchema = z.object({
  hitId: z.int(),
  mediaItemId: z.int(),
  videoId: z.string(),
  clipId: z.int().nullable(),
  keyword: z.string(),
  confidence: z.number(),
  startMs: z.int(),
  endMs: z.int(),
  cues: z.array(z.object({ id: z.int(), startMs: z.int(), endMs: z.int(), text: z.string() })),
});
export type StrategyExample = z.infer<typeof strategyExampleSchema>;

/** Result of generation, before it has a database id. `backend` names who wrote the text. */
export const strategyDraftSchema = z.object({
  keyword: z.string(),
  title: z.string(),
  /** Four sections: entry signals, exit criteria, risk management rules, expected outcomes. */
  text: z.string(),
  rules: strategyRulesSchema,
});
export type StrategyDraft = z.infer<typeof strategyDraftSchema>;

export const STRATEGY_STATUSES = ['draft', 'backtested', 'candidate', 'promoted', 'demoted'] as const;
