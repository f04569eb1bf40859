/**
 * Health of this container, as its exit status: 0 healthy, 1 not.
 *
 *   node --import tsx deploy/docker/health.ts api      the API answers /health/live
 *   node --import tsx deploy/docker/health.ts worker   Temporal has a poller of this host on each of WORKER_QUEUES
 */
import { hostname } from 'node:os';
import { Connection } from '@temporalio/client';
import { type Config, parseConfig } from '../../contracts/config.ts';
import { taskQueue } from '../../contracts/names.ts';

const WORKFLOW_QUEUE = 1;
const ACTIVITY_QUEUE = 2;
const DEADLINE_MS = 8_000;
/** A long poll lasts a minute; the server lists the gone for minutes more. */
const POLLED_WITHIN_MS = 75_000;

async function apiProblem({ PORT }: Config): Promise<string | null> {
  const response = await fetch(`http://127.0.0.1:${PORT}/health/live`, { signal: AbortSignal.timeout(DEADLINE_MS) });
  return response.ok ? null : `/health/live answered ${response.status}`;
}

async function workerProblem(config: Config): Promise<string | null> {
  const connection = await Connection.connect({
    ...(config.TEMPORAL_ADDRESS ? { address: config.TEMPORAL_ADDRESS } : {}),
    ...(config.TEMPORAL_API_KEY ? { apiKey: config.TEMPORAL_API_KEY } : {}),
    tls: config.TEMPORAL_TLS,
    connectTimeout: DEADLINE_MS,
  });
  try {
    const missing: string[] = [];
    for (const queue of config.WORKER_QUEUES) {
      const { pollers } = await connection.withDeadline(Date.now() + DEADLINE_MS, () =>
        connection.workflowService.describeTaskQueue({
          namespace: config.TEMPORAL_NAMESPACE,
          taskQueue: { name: taskQueue(queue) },
          taskQueueType: queue === 'workflow' ? WORKFLOW_QUEUE : ACTIVITY_QUEUE,
        }),
      );
      // The SDK's own identity is "pid@host".
      const now = Date.now();
      const alive = pollers?.filter(
        (poller) => now - Number(poller.lastAccessTime?.seconds ?? 0) * 1_000 < POLLED_WITHIN_MS,
      );
      if (!alive?.some((poller) => poller.identity?.includes(hostname()))) missing.push(taskQueue(queue));
    }
    return missing.length === 0 ? null : `this host does not poll for ${missing.join(', ')}`;
  } finally {
    await connection.close();
  }
}

try {
  const check = process.argv[2] === 'api' ? apiProblem : workerProblem;
  const problem = await check(parseConfig(process.env));
  if (problem !== null) throw new Error(problem);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
