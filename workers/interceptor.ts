/** Around every activity: heartbeats, one place for errors, one log line with ids and time. */
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { keepAlive } from '../activities/heartbeat.ts';
import { toActivityFailure } from '../activities/to-failure.ts';

export const activityInterceptors: ActivityInterceptorsFactory = (context) => ({
  inbound: {
    async execute(input, next) {
      const { activityType, attempt } = context.info;
      const startedAt = performance.now();
      try {
        const result = await keepAlive(() => next(input));
        context.log.info('activity done', { activityType, attempt, ms: Math.round(performance.now() - startedAt) });
        return result;
      } catch (error) {
        const failure = toActivityFailure(error, attempt);
        context.log.warn('activity failed', { activityType, attempt, failure: failure.message });
        throw failure;
      }
    },
  },
});
