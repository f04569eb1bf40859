import { type LlmStatus, type Rating, SIGNAL_CSV_COLUMNS, type Signal } from '../../contracts/signals.ts';
import { type Cell, isoTime, toCsv } from './cells.ts';

/**
 * A signal as it is exported, rated or not. Times in epoch milliseconds UTC; `model` names the model, or `offline`, that rated;
 * `null` where nothing has yet.
 */
export type RatedSignal = {
  id: number;
  signal: Signal;
  rating: Rating | null;
  processingTimeMs: number | null;
  model: string | null;
  processedAt: number | null;
  llmStatus: LlmStatus | 'pending';
};

type Column = (typeof SIGNAL_CSV_COLUMNS)[number];

const cells = ({ id, signal, rating, ...rated }: RatedSignal): Record<Column, Cell> => ({
  timestamp: isoTime(signal.barTime),
  signal_id: id,
  symbol: signal.symbol,
  signal_type: signal.type,
  entry_price: signal.entryPrice,
  stop_loss: signal.stopLoss,
  target_price: signal.targetPrice,
  risk_reward_ratio: signal.riskRewardRatio,
  llm_rating: rating?.rating ?? null,
  llm_choppiness: rating?.choppiness ?? null,
  llm_analysis: rating ? `${rating.ratingReason} ${rating.choppinessReason}` : null,
  llm_recommendations: rating?.recommendations ?? null,
  llm_processing_time_ms: rated.processingTimeMs,
  llm_model_used: rated.model,
  processed_at: isoTime(rated.processedAt),
  llm_status: rated.llmStatus,
});

/** The cells of one signal in the order of SIGNAL_CSV_COLUMNS. */
export const signalCsvRow = (signal: RatedSignal): Cell[] => {
  const row = cells(signal);
  return SIGNAL_CSV_COLUMNS.map((column) => row[column]);
};

/** llm_signals.csv: one row for each signal, whether a model rated it or not. */
export const signalsCsv = (signals: readonly RatedSignal[]): string =>
  toCsv(SIGNAL_CSV_COLUMNS, signals.map(signalCsvRow));
