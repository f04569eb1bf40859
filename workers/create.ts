/** One Worker for each task queue that the configuration names. */
import { type NativeConnection, Worker } from '@temporalio/worker';
import { createActivities, type Dependencies } from '../activities/index.ts';
import { workerOptions } from './queues.ts';

/** `bundle` is the path of the workflow bundle; needed when the `workflow` queue is served. */
export function createWorkers(
  connection: NativeConnection,
  dependencies: Dependencies,
  bundle: string | null,
): Promise<Worker[]> {
  const { config } = dependencies;
  const activities = createActivities(dependencies);
  return Promise.all(
    config.WORKER_QUEUES.map((queue) =>
      Worker.create({
        connection,
        namespace: config.TEMPORAL_NAMESPACE,
        ...workerOptions(queue, config, activities, bundle),
      }),
    ),
  );
}
