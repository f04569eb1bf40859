/** Options of the worker on each task queue: how much at once, and how it shuts down. */
import type { WorkerOptions } from '@temporalio/worker';
import { type Activities, QUEUE_OF } from '../activities/index.ts';
import type { Config } from '../contracts/config.ts';
import { type QueueName, taskQueue } from '../contracts/names.ts';
import { activityInterceptors } from './interceptor.ts';

type ActivityQueue = Exclude<QueueName, 'workflow'>;

const slots: Record<ActivityQueue, (config: Config) => number> = {
  cpu: ({ CPU_SLOTS }) => CPU_SLOTS,
  media: ({ MEDIA_SLOTS }) => MEDIA_SLOTS,
  // A device does one batch at a time; a second activity would only halve both.
  gpu: () => 1,
  index: () => 2,
  llm: ({ LLM_SLOTS }) => LLM_SLOTS,
};

const shared = ({ SHUTDOWN_GRACE_S }: Config) =>
  ({
    // What is running gets time to end or to note how far it is; then it is cancelled, and at last let go.
    shutdownGraceTime: SHUTDOWN_GRACE_S * 1_000,
    shutdownForceTime: (SHUTDOWN_GRACE_S + 10) * 1_000,
    // Heartbeats reach the server within a second, hence cancellation reaches ffmpeg within two.
    maxHeartbeatThrottleInterval: '1s',
    defaultHeartbeatThrottleInterval: '1s',
  }) satisfies Partial<WorkerOptions>;

/** Options for one queue but for connection and namespace. The workflow queue needs the bundle's code path. */
export function workerOptions(
  queue: QueueName,
  config: Config,
  activities: Activities,
  bundle: string | null,
): WorkerOptions {
  if (queue === 'workflow') {
    if (bundle === null) throw new TypeError('The workflow queue needs a workflow bundle.');
    return { ...shared(config), taskQueue: taskQueue(queue), workflowBundle: { codePath: bundle } };
  }
  return {
    ...shared(config),
    taskQueue: taskQueue(queue),
    activities: activitiesOn(queue, activities),
    maxConcurrentActivityTaskExecutions: slots[queue](config),
    // Back-pressure only: what is really sent to a model is counted in Postgres, over all workers.
    ...(queue === 'llm' ? { maxTaskQueueActivitiesPerSecond: config.LLM_ACTIVITIES_PER_SECOND } : {}),
    interceptors: { activity: [activityInterceptors] },
  };
}

function activitiesOn(queue: ActivityQueue, activities: Activities): object {
  const groups = Object.entries(activities).filter(([group]) => QUEUE_OF[group as keyof Activities] === queue);
  return Object.assign({}, ...groups.map(([, functions]) => functions));
}
