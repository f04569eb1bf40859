/** Strategies, signals and exports as the API shows them. */
import type { z } from 'zod';
import type {
  Export,
  LlmAnalysisResult,
  LlmEnhancementTask,
  Signal,
  Strategy,
  StrategyCitation,
} from '../../clients/database/generated/client.ts';
import type {
  citationAnswerSchema,
  exportAnswerSchema,
  signalAnswerSchema,
  strategySummarySchema,
} from '../../contracts/http/results.ts';
import { signalIndicatorsSchema } from '../../contracts/signals.ts';
import { clipUrl } from '../links.ts';
import { span } from './media.ts';

export type StrategyRow = Strategy & { _count: { citations: number; signals: number } };
export type CitationRow = StrategyCitation & { cue: { mediaItemId: number; media: { videoId: string } } };
export type SignalRow = Signal & { tasks: Array<LlmEnhancementTask & { result: LlmAnalysisResult | null }> };

export const showStrategy = (row: StrategyRow): z.infer<typeof strategySummarySchema> => ({
  id: row.id,
  keyword: row.keyword,
  title: row.title,
  status: row.status,
  backend: row.backend,
  model: row.model,
  prompt: `${row.promptId}@${row.promptVersion}`,
  examples_used: row.examplesUsed,
  media_item_ids: row.mediaItemIds,
  citations: row._count.citations,
  signals: row._count.signals,
  note: row.note,
  created_at: row.createdAt.toISOString(),
});

export const showCitation = (row: CitationRow): z.infer<typeof citationAnswerSchema> => ({
  rule_id: row.ruleId,
  quote: row.quote,
  media_item_id: row.cue.mediaItemId,
  video_id: row.cue.media.videoId,
  cue_id: row.cueId,
  ...span(row),
  clip_id: row.clipId,
  clip_url: clipUrl(row.clipId),
});

export function showSignal(row: SignalRow): z.infer<typeof signalAnswerSchema> {
  const task = row.tasks[0];
  const result = task?.result;
  return {
    id: row.id,
    strategy_id: row.strategyId,
    session_id: row.sessionId,
    symbol: row.symbol,
    timeframe: row.timeframe,
    signal_type: row.type,
    timestamp: row.barTime.toISOString(),
    entry_price: row.entryPrice,
    stop_loss: row.stopLoss,
    target_price: row.targetPrice,
    risk_reward_ratio: row.riskRewardRatio,
    rule_id: row.ruleId,
    draft: row.draft,
    indicators: signalIndicatorsSchema.partial().parse(row.indicators),
    enhancement: {
      status: task?.status ?? 'none',
      attempts: task?.attempts ?? 0,
      error: task?.error ?? null,
      rating: result?.rating ?? null,
      choppiness: result?.choppiness ?? null,
      rating_reason: result?.ratingReason ?? null,
      choppiness_reason: result?.choppinessReason ?? null,
      recommendations: result?.recommendations ?? null,
      llm_status: result?.llmStatus ?? null,
      parse_method: result?.parseMethod ?? null,
      backend: result?.backend ?? null,
      model: result?.modelUsed ?? null,
      processing_time_ms: result?.processingTimeMs ?? null,
      processed_at: result?.processedAt.toISOString() ?? null,
    },
  };
}

export const showExport = (row: Export): z.infer<typeof exportAnswerSchema> => ({
  id: row.id,
  name: row.name,
  scope: row.scope,
  rows: row.rows,
  size_bytes: Number(row.sizeBytes),
  updated_at: row.updatedAt.toISOString(),
  url: `/exports/${encodeURIComponent(row.name)}?scope=${encodeURIComponent(row.scope)}`,
});
