/** A workflow that does nothing but call an activity that does nothing, one call after the other. */
import { proxyActivities } from '@temporalio/workflow';

export type NoOpActivities = { noOp: () => Promise<void> };

/** `queue`: the activity's task queue, null: the workflow's own. The timeouts are those of our short activities. */
export async function noOps({ count, queue }: { count: number; queue: string | null }): Promise<void> {
  const { noOp } = proxyActivities<NoOpActivities>({
    startToCloseTimeout: '60s',
    heartbeatTimeout: '10s',
    ...(queue === null ? {} : { taskQueue: queue }),
  });
  for (let done = 0; done < count; done += 1) await noOp();
}
