/**
 * Heartbeats carry two things: that the worker lives (sent each second by `keepAlive`, so that cancellation arrives within about a
 * second and a killed worker is noticed within the heartbeat timeout), and how far the activity is (`beat`).
 */
import { Context } from '@temporalio/activity';

const latest = new WeakMap<Context, unknown>();

/** Records how far the activity is; a later attempt reads it by `resumeFrom`. JSON-safe, small. */
export function beat(details: unknown): void {
  const context = Context.current();
  latest.set(context, details);
  context.heartbeat(details);
}

/** Details of the last heartbeat of an earlier attempt, or `undefined`. The caller validates them. */
export const resumeFrom = (): unknown => Context.current().info.heartbeatDetails;

/** Aborts when the activity is cancelled, times out or the worker shuts down; its reason is Temporal's. */
export const cancellation = (): AbortSignal => Context.current().cancellationSignal;

/** Runs an activity with a heartbeat each second. */
export async function keepAlive<Result>(work: () => Promise<Result>): Promise<Result> {
  const context = Context.current();
  latest.set(context, context.info.heartbeatDetails);
  const timer = setInterval(() => context.heartbeat(latest.get(context)), 1_000);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
