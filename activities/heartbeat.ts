/**
 * Heartbeats carry two things: that the worker lives (sent each second by `keepAlive`, so that cancellation arrives within about a
 * second and a killed worker is noticed within the heartbeat timeout), and how far the activity is (`beat`), for those who watch.
 * Where to go on after a crash is read from what is stored: it cannot run ahead of the work, as a heartbeat can.
 */
import { Context } from '@temporalio/activity';

const latest = new WeakMap<Context, unknown>();

/** Tells how far the activity is. JSON-safe, small. */
export function beat(details: unknown): void {
  const context = Context.current();
  latest.set(context, details);
  context.heartbeat(details);
}

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
