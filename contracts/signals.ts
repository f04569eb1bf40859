/** Signals: a strategy's rules held at a bar's close, or somebody posted one; and their rating. */
import { z } from 'zod';
import { productSchema, timeframeSchema } from './candles.ts';

/** Indicator values at the bar; `null` while an indicator warms up. */
export const signalIndicatorsSchema = z.object({
  rsi: z.number().nullable(),
  atr: z.number().nullable(),
  sma_20: z.number().nullable(),
  sma_50: z.number().nullable(),
  volume_ratio: z.number().nullable(),
  bb_upper: z.number().nullable(),
  bb_middle: z.number().nullable(),
  bb_lower: z.number().nullable(),
  stochastic_k: z.number().nullable(),
  stochastic_d: z.number().nullable(),
});
export type SignalIndicators = z.infer<typeof signalIndicatorsSchema>;

export const signalSchema = z.object({
  symbol: productSchema,
  timeframe: timeframeSchema,
  type: z.enum(['long', 'short']),
  /** Opening time of the bar at whose close the rule held, epoch milliseconds UTC. */
  barTime: z.int(),
  /** The close; a fill would be at the next open, which is not known yet. */
  entryPrice: z.number().positive(),
  stopLoss: z.number().positive(),
  targetPrice: z.number().positive(),
  riskRewardRatio: z.number().min(0),
  ruleId: z.string(),
  indicators: signalIndicatorsSchema,
});
export type Signal = z.infer<typeof signalSchema>;

/** What a rating says. 1 is poor, 5 is excellent. */
export const ratingSchema = z.object({
  rating: z.int().min(1).max(5),
  choppiness: z.enum(['yes', 'no']),
  ratingReason: z.string().min(1).max(600),
  choppinessReason: z.string().min(1).max(600),
  recommendations: z.string().max(1_000),
});
export type Rating = z.infer<typeof ratingSchema>;

/** How an answer was read: strict JSON, JSON in a fenced block, fields by pattern, sentiment words; `rules` when no model was asked. */
export const PARSE_METHODS = ['json', 'markdown_json', 'fields', 'sentiment', 'rules'] as const;
export type ParseMethod = (typeof PARSE_METHODS)[number];

/** Whether a model rated the signal, or why not. */
export const LLM_STATUSES = ['rated', 'offline', 'unavailable', 'invalid_answer', 'expired'] as const;
export type LlmStatus = (typeof LLM_STATUSES)[number];

/** Columns of llm_signals.csv, in order. `llm_status` is ours, last, so that each signal has its row even without a model. */
export const SIGNAL_CSV_COLUMNS = [
  'timestamp',
  'signal_id',
  'symbol',
  'signal_type',
  'entry_price',
  'stop_loss',
  'target_price',
  'risk_reward_ratio',
  'llm_rating',
  'llm_choppiness',
  'llm_analysis',
  'llm_recommendations',
  'llm_processing_time_ms',
  'llm_model_used',
  'processed_at',
  'llm_status',
] as const;
