/** Round trips of an activity that does nothing: with our workers' settings, and with the SDK's own. */
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createActivities } from '../../activities/index.ts';
import { connectionOptions, createTemporal } from '../../clients/temporal/connect.ts';
import { createDependencies } from '../../workers/dependencies.ts';
import { createLogger } from '../../workers/logger.ts';
import { workerOptions } from '../../workers/queues.ts';
import type { BenchContext } from '../result.ts';
import type { Side } from '../runner.ts';
import { quantile } from '../statistics.ts';
import { roundTripsOf } from './history.ts';
import type { NoOpActivities, noOps } from './no-op-workflow.ts';
import { startBenchStack } from './stack.ts';

const WORKFLOW_QUEUE = 'bench-workflow';
const ACTIVITY_QUEUE = 'bench-activity';
const DEFAULTS_QUEUE = 'bench-defaults';

export type NoOpSides = {
  /** Median over one round's workflows of a workflow's time ÷ its activities, in ms. */
  ours: Side;
  sdkDefaults: Side;
  /** All single round trips of our side's rounds so far, in ms; and forgets them. */
  takeRoundTrips: () => number[];
  /** Ends the workers, then the stack. Safe to call again. */
  close: () => Promise<void>;
};

/** Starts a stack and both kinds of worker. Each measurement runs `workflows` workflows of `activities` activities, one by one. */
export async function startNoOpSides(
  context: BenchContext,
  { workflows, activities: count }: { workflows: number; activities: number },
): Promise<NoOpSides> {
  const { stack, config } = await startBenchStack(context);
  const logger = createLogger('error');
  Runtime.install({ logger, shutdownSignals: [] });
  const workflowsPath = fileURLToPath(new URL('./no-op-workflow.ts', import.meta.url));
  const address = { ...config, TEMPORAL_ADDRESS: stack.temporalAddress };
  const [workflowBundle, connection] = await Promise.all([
    bundleWorkflowCode({ workflowsPath, logger }),
    NativeConnection.connect(connectionOptions(address)),
  ]);
  const dependencies = createDependencies(config);
  const noOp: NoOpActivities = { noOp: async () => {} };
  const shared = { connection, namespace: config.TEMPORAL_NAMESPACE };
  const cpu = workerOptions('cpu', config, createActivities(dependencies), null);
  const { workflowBundle: _, ...workflow } = workerOptions('workflow', config, createActivities(dependencies), '');
  const workers = await Promise.all([
    Worker.create({ ...workflow, ...shared, taskQueue: WORKFLOW_QUEUE, workflowBundle }),
    Worker.create({ ...cpu, ...shared, taskQueue: ACTIVITY_QUEUE, activities: noOp }),
    Worker.create({ ...shared, taskQueue: DEFAULTS_QUEUE, workflowBundle, activities: noOp }),
  ]);
  const running = Promise.all(workers.map((worker) => worker.run()));
  const client = createTemporal(address);
  let roundTrips: number[] = [];

  /** One workflow; ms per activity. */
  async function once(taskQueue: string, queue: string | null): Promise<number> {
    const workflowId = `no-ops-${randomUUID()}`;
    const began = performance.now();
    await client.workflow.execute<typeof noOps>('noOps', { workflowId, taskQueue, args: [{ count, queue }] });
    const took = performance.now() - began;
    if (taskQueue === WORKFLOW_QUEUE) roundTrips.push(...(await roundTripsOf(client, workflowId)));
    return took / count;
  }
  const side = (name: string, taskQueue: string, queue: string | null): Side => ({
    name,
    async measure() {
      const perActivity: number[] = [];
      for (let done = 0; done < workflows; done += 1) perActivity.push(await once(taskQueue, queue));
      return quantile(perActivity, 0.5);
    },
  });

  let closing: Promise<void> | undefined;
  const closeAll = async () => {
    for (const worker of workers) worker.shutdown();
    await running;
    await dependencies.close();
    await Promise.all([connection.close(), client.connection.close()]);
    await stack.stop();
  };
  const close = () => {
    closing ??= closeAll();
    return closing;
  };
  context.onEnd(close);

  return {
    ours: side('our workers', WORKFLOW_QUEUE, ACTIVITY_QUEUE),
    sdkDefaults: side("one worker with the SDK's defaults", DEFAULTS_QUEUE, null),
    takeRoundTrips() {
      const taken = roundTrips;
      roundTrips = [];
      return taken;
    },
    close,
  };
}
