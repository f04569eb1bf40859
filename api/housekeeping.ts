/** What the API does beside answering: hands waiting starts to Temporal, settles runs that ended in silence, clears away. */
import { setTimeout as sleep } from 'node:timers/promises';
import { dispatchWaiting } from '../clients/temporal/outbox.ts';
import type { ApiDependencies } from './deps.ts';
import { forgetKeys } from './idempotency.ts';
import { removeLeftOvers } from './media/upload.ts';
import { reconcileRunning } from './runs/outcome.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

type Task = { name: string; everyMs: number; work: () => Promise<number> };

/** Runs until `closing` fires; a task that fails is logged and tried again at its next turn. */
export async function keepHouse(deps: ApiDependencies): Promise<void> {
  const { database, temporal } = deps;
  const tasks: Task[] = [
    { name: 'dispatch waiting starts', everyMs: 5 * SECOND, work: () => dispatchWaiting(database, temporal) },
    { name: 'settle ended runs', everyMs: 30 * SECOND, work: () => reconcileRunning(database, temporal, MINUTE) },
    { name: 'forget idempotency keys', everyMs: 60 * MINUTE, work: () => forgetKeys(database) },
    { name: 'remove broken uploads', everyMs: 60 * MINUTE, work: () => removeLeftOvers(deps) },
  ];
  await Promise.all(tasks.map((task) => repeat(deps, task)));
}

async function repeat({ closing, log }: ApiDependencies, { name, everyMs, work }: Task): Promise<void> {
  while (!closing.aborted) {
    try {
      const done = await work();
      if (done > 0) log.debug({ task: name, done }, 'housekeeping');
    } catch (error) {
      log.warn({ task: name, err: error }, 'housekeeping failed; it is tried again');
    }
    try {
      await sleep(everyMs, undefined, { signal: closing });
    } catch (error) {
      if (!closing.aborted) throw error;
    }
  }
}
