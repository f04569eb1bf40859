/** Rates pending signals, a few at a time, oldest first. Continues as new after `limit` signals until none is pending. */
import { continueAsNew } from '@temporalio/workflow';
import type { EnhanceSignalsInput, EnhanceSignalsResult } from '../contracts/messages.ts';
import { inParallel } from './in-parallel.ts';
import { ratings, signals } from './profiles.ts';
import { Run } from './run-control.ts';

/** Signals one activity rates; small, so that a retry repeats little and progress is seen. */
const BATCH = 25;
const BATCHES_AT_ONCE = 2;

export async function enhanceSignals(input: EnhanceSignalsInput): Promise<EnhanceSignalsResult> {
  const run = new Run({ workflowType: 'enhanceSignals', stages: ['enhanceSignals'], input });
  return run.tell(async () => {
    const result: EnhanceSignalsResult = {
      rated: input.soFar.rated,
      offline: input.soFar.offline,
      backend: input.soFar.backend,
    };
    let remaining = 0;
    await run.stage('enhanceSignals', async () => {
      const pending = await signals.pendingSignals({ strategyIds: input.strategyIds, limit: input.limit });
      remaining = pending.remaining;
      const batches = Array.from({ length: Math.ceil(pending.signalIds.length / BATCH) }, (_, index) =>
        pending.signalIds.slice(index * BATCH, (index + 1) * BATCH),
      );
      await inParallel(batches, BATCHES_AT_ONCE, async (signalIds) => {
        const { rated, offline, backend } = await ratings.rateSignals({ signalIds });
        result.rated += rated;
        result.offline += offline;
        result.backend = backend;
        run.progress.counts.ratings = result.rated;
      });
      return { counts: { ratings: result.rated, offlineRatings: result.offline }, note: `backend ${result.backend}` };
    });
    if (remaining > 0) await continueAsNew<typeof enhanceSignals>({ ...input, soFar: result });
    return result;
  });
}
