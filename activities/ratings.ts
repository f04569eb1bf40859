/** Rates signals: by the model within its limits, by rules where none answers or it does not keep to the schema. Each gets a row. */
import { loadCandles } from '../clients/database/candles.ts';
import type { Database } from '../clients/database/client.ts';
import { fromDatabase } from '../clients/database/errors.ts';
import {
  countAttempt,
  loadPendingSignal,
  noteFailure,
  type PendingSignal,
  storeRating,
} from '../clients/database/ratings.ts';
import type { Llm } from '../clients/llm/llm.ts';
import type { LlmBackend } from '../clients/llm/types.ts';
import { type ErrorCode, TapeworksError } from '../contracts/errors.ts';
import type { LlmStatus } from '../contracts/signals.ts';
import { rateSignalOffline } from '../domain/signals/rate-offline.ts';
import { askForRating, type RatingSettings } from './ask-for-rating.ts';
import { beat } from './heartbeat.ts';
import { OFFLINE } from './strategies.ts';

/** Bars that a rating looks back on. */
const LOOKBACK = 20;
/** Times a model is asked about one signal. */
const MAX_ATTEMPTS = 5;
/** A signal that waited longer is rated by rules: what falls out of the queue still gets its row. */
const RETENTION_MS = 60 * 60_000;

/** What a model's failure means for a signal that has no attempt left. */
const STATUS_OF: Partial<Record<ErrorCode, LlmStatus>> = {
  LLM_UNAVAILABLE: 'unavailable',
  LLM_TIMEOUT: 'unavailable',
  LLM_ANSWER_INVALID: 'invalid_answer',
};

type Dependencies = { config: RatingSettings; database: Database; llm: Llm };

export const createRatingActivities = ({ config, database, llm }: Dependencies) => {
  async function byRules(pending: PendingSignal, llmStatus: LlmStatus): Promise<string> {
    const startedAt = performance.now();
    const rating = rateSignalOffline(pending.signal, await lookback(pending));
    const processingTimeMs = Math.round(performance.now() - startedAt);
    await storeRating(database, pending, {
      rating,
      llmStatus,
      parseMethod: 'rules',
      backend: OFFLINE,
      model: OFFLINE,
      processingTimeMs,
    });
    return OFFLINE;
  }

  async function byModel(pending: PendingSignal, backend: LlmBackend): Promise<string> {
    for (;;) {
      const { attempts } = await countAttempt(database, pending);
      try {
        const { model, ...answer } = await askForRating(llm, backend, pending.signal, await lookback(pending), config);
        await storeRating(database, pending, { ...answer, llmStatus: 'rated', backend: backend.name, model });
        return backend.name;
      } catch (error) {
        const code = error instanceof TapeworksError ? error.code : null;
        // Waiting for the limit is no attempt of the model's; it ends with the retention.
        if (code === 'LLM_RATE_LIMITED') await countAttempt(database, pending, -1);
        const status = code ? STATUS_OF[code] : undefined;
        if (!status) throw error;
        await noteFailure(database, pending, error);
        if (attempts >= MAX_ATTEMPTS) return byRules(pending, status);
        // A model that is away is waited for by the retry; a bad answer is asked for again here, so that many of them in one
        // batch do not use up the attempts of the activity.
        if (code === 'LLM_UNAVAILABLE') throw error;
      }
    }
  }

  const lookback = ({ signal }: PendingSignal) =>
    loadCandles(database, {
      product: signal.symbol,
      timeframe: signal.timeframe,
      last: LOOKBACK,
      until: new Date(signal.barTime),
    });

  async function rate(pending: PendingSignal): Promise<string> {
    const backend = await llm.chooseBackend();
    if (!backend) return byRules(pending, 'offline');
    if (Date.now() - pending.createdAt.getTime() > RETENTION_MS) return byRules(pending, 'expired');
    return byModel(pending, backend);
  }

  /** Name of the backend that rated it, now or before; null when the signal was deleted meanwhile. */
  async function rateOnce(signalId: number): Promise<string | null> {
    try {
      const pending = await loadPendingSignal(database, signalId);
      return pending.ratedBy ?? (await rate(pending));
    } catch (error) {
      if ((error instanceof TapeworksError ? error : fromDatabase(error))?.code === 'NOT_FOUND') return null;
      throw error;
    }
  }

  return {
    /** Business key: the signal's task. What an earlier attempt rated is counted, not asked again. */
    async rateSignals({ signalIds }: { signalIds: number[] }) {
      const counts = { rated: 0, offline: 0, backend: OFFLINE };
      for (const [index, signalId] of signalIds.entries()) {
        const by = await rateOnce(signalId);
        if (by !== null) counts.rated += 1;
        if (by === OFFLINE) counts.offline += 1;
        else if (by !== null) counts.backend = by;
        beat({ rated: index + 1, of: signalIds.length });
      }
      return counts;
    },
  };
};
