/** What the product makes: strategies, signals, exports; and whether it is ready. */
import { z } from 'zod';
import { signalIndicatorsSchema } from '../signals.ts';
import { strategyRulesSchema } from '../strategies.ts';
import { pageOf } from './common.ts';

export const strategySummarySchema = z
  .object({
    id: z.int(),
    keyword: z.string(),
    title: z.string(),
    status: z.string(),
    backend: z.string(),
    model: z.string(),
    prompt: z.string(),
    examples_used: z.int(),
    media_item_ids: z.array(z.int()),
    citations: z.int(),
    signals: z.int(),
    note: z.string().nullable(),
    created_at: z.string(),
  })
  .meta({ id: 'StrategySummary' });
export const strategyPageSchema = pageOf(strategySummarySchema).meta({ id: 'StrategyPage' });

export const citationAnswerSchema = z
  .object({
    rule_id: z.string(),
    quote: z.string(),
    media_item_id: z.int(),
    video_id: z.string(),
    cue_id: z.int(),
    start_time: z.number(),
    end_time: z.number(),
    start_ms: z.int(),
    end_ms: z.int(),
    clip_id: z.int().nullable(),
    clip_url: z.string().nullable(),
  })
  .meta({ id: 'Citation' });

export const strategyAnswerSchema = strategySummarySchema
  .omit({ citations: true })
  .extend({ strategy: z.string(), rules: strategyRulesSchema, citations: z.array(citationAnswerSchema) })
  .meta({ id: 'Strategy' });

export const signalAnswerSchema = z
  .object({
    id: z.int(),
    strategy_id: z.int().nullable(),
    session_id: z.string(),
    symbol: z.string(),
    timeframe: z.string(),
    signal_type: z.string(),
    timestamp: z.string().meta({ description: 'Opening time of the bar at whose close the rule held, UTC.' }),
    entry_price: z.number(),
    stop_loss: z.number(),
    target_price: z.number(),
    risk_reward_ratio: z.number(),
    rule_id: z.string(),
    draft: z.boolean(),
    indicators: signalIndicatorsSchema.partial(),
    enhancement: z.object({
      status: z.string(),
      attempts: z.int(),
      error: z.string().nullable(),
      rating: z.int().nullable(),
      choppiness: z.string().nullable(),
      rating_reason: z.string().nullable(),
      choppiness_reason: z.string().nullable(),
      recommendations: z.string().nullable(),
      llm_status: z.string().nullable(),
      parse_method: z.string().nullable(),
      backend: z.string().nullable(),
      model: z.string().nullable(),
      processing_time_ms: z.int().nullable(),
      processed_at: z.string().nullable(),
    }),
  })
  .meta({ id: 'Signal' });
export const signalPageSchema = pageOf(signalAnswerSchema).meta({ id: 'SignalPage' });

export const exportAnswerSchema = z
  .object({
    id: z.int(),
    name: z.string(),
    scope: z.string(),
    rows: z.int(),
    size_bytes: z.number(),
    updated_at: z.string(),
    url: z.string(),
  })
  .meta({ id: 'Export' });
export const exportListSchema = z.object({ items: z.array(exportAnswerSchema) }).meta({ id: 'ExportList' });

export const checkSchema = z.object({
  name: z.string(),
  ok: z.boolean(),
  detail: z.string(),
  remedy: z.string().nullable(),
});
export type Check = z.infer<typeof checkSchema>;
export const readinessSchema = z.object({ ready: z.boolean(), checks: z.array(checkSchema) }).meta({ id: 'Readiness' });
