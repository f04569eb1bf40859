/** What export files are made of, in a stable order, so that writing them twice gives the same rows. */
import type { Timeframe } from '../../contracts/candles.ts';
import type { LlmStatus } from '../../contracts/signals.ts';
import type { EnhancedSeries } from '../../domain/exports/enhanced-bars-csv.ts';
import type { RatedSignal } from '../../domain/exports/signals-csv.ts';
import { candlePages } from './candles.ts';
import type { Database } from './client.ts';
import { toSignal } from './signals.ts';

const BARS_A_PAGE = 5_000;

/** Every signal, rated or not, oldest bar first. */
export async function ratedSignals(database: Database): Promise<RatedSignal[]> {
  const rows = await database.signal.findMany({
    orderBy: [{ barTime: 'asc' }, { id: 'asc' }],
    include: { results: true },
  });
  return rows.map(({ results: [result], ...row }) => ({
    id: row.id,
    signal: toSignal(row),
    rating: result
      ? {
          rating: result.rating,
          choppiness: result.choppiness as 'yes' | 'no',
          ratingReason: result.ratingReason,
          choppinessReason: result.choppinessReason,
          recommendations: result.recommendations,
        }
      : null,
    processingTimeMs: result?.processingTimeMs ?? null,
    model: result?.modelUsed ?? null,
    processedAt: result?.processedAt.getTime() ?? null,
    llmStatus: (result?.llmStatus as LlmStatus | undefined) ?? 'pending',
  }));
}

/** Parts of every series that has a signal, in order, so that years of minutes need no more memory than a few days. */
export async function* enhancedBars(database: Database, signals: RatedSignal[]): AsyncGenerator<EnhancedSeries> {
  const keys = [...new Set(signals.map(({ signal }) => `${signal.symbol} ${signal.timeframe}`))].sort();
  for (const key of keys) {
    const [product, timeframe] = key.split(' ') as [string, Timeframe];
    const own = signals.filter(({ signal }) => signal.symbol === product && signal.timeframe === timeframe);
    for await (const candles of candlePages(database, { product, timeframe, limit: BARS_A_PAGE })) {
      const times = new Set(candles.map(({ time }) => time));
      yield { product, timeframe, candles, signals: own.filter(({ signal }) => times.has(signal.barTime)) };
    }
  }
}

/** strategies.json: each strategy with its rules and the moments they cite. */
export async function strategyExport(database: Database) {
  const rows = await database.strategy.findMany({
    orderBy: [{ keyword: 'asc' }, { id: 'asc' }],
    include: {
      citations: { orderBy: { id: 'asc' }, include: { cue: { include: { media: { select: { videoId: true } } } } } },
    },
  });
  return rows.map(({ citations, inputHash: _inputHash, ...strategy }) => ({
    ...strategy,
    notice: 'Educational, not advice.',
    citations: citations.map(({ ruleId, cueId, clipId, startMs, endMs, quote, cue }) => ({
      ruleId,
      videoId: cue.media.videoId,
      cueId,
      clipUrl: clipId === null ? null : `/clip/${clipId}/download`,
      start_time: startMs / 1_000,
      end_time: endMs / 1_000,
      quote,
    })),
  }));
}

/** llm_processing_summary.json: how many were rated, by what, and how. */
export async function processingSummary(database: Database) {
  const [tasks, byStatus, byModel, byRating] = await Promise.all([
    database.llmEnhancementTask.groupBy({ by: ['status'], _count: { _all: true }, orderBy: { status: 'asc' } }),
    database.llmAnalysisResult.groupBy({ by: ['llmStatus'], _count: { _all: true }, orderBy: { llmStatus: 'asc' } }),
    database.llmAnalysisResult.groupBy({
      by: ['modelUsed'],
      _count: { _all: true },
      _avg: { processingTimeMs: true },
      orderBy: { modelUsed: 'asc' },
    }),
    database.llmAnalysisResult.groupBy({ by: ['rating'], _count: { _all: true }, orderBy: { rating: 'asc' } }),
  ]);
  return {
    tasks: Object.fromEntries(tasks.map(({ status, _count }) => [status, _count._all])),
    llm_status: Object.fromEntries(byStatus.map(({ llmStatus, _count }) => [llmStatus, _count._all])),
    models: byModel.map(({ modelUsed, _count, _avg }) => ({
      model: modelUsed,
      signals: _count._all,
      average_processing_time_ms: _avg.processingTimeMs,
    })),
    ratings: Object.fromEntries(byRating.map(({ rating, _count }) => [rating, _count._all])),
    notice: 'Educational, not advice.',
  };
}
