/** One whole run of processMedia on the sample lesson, as `npm run demo` does it, on a stack that has seen nothing yet. */
import { createTemporal } from '../../clients/temporal/connect.ts';
import { QUEUE_NAMES } from '../../contracts/names.ts';
import { startRuns } from '../../deploy/local/demo/runs.ts';
import { sampleSource } from '../../deploy/local/demo/source.ts';
import { startProcesses } from '../../deploy/local/processes.ts';
import type { BenchContext } from '../result.ts';
import { timelineOf } from './history.ts';
import { uncoveredMs } from './intervals.ts';
import { startBenchStack } from './stack.ts';

export type PipelineRun = {
  /** From the workflow's start to its end. */
  wallMs: number;
  /** Of it, when no activity was running, neither of the run nor of its children. */
  overheadMs: number;
  activities: number;
  workflows: number;
};

export async function measurePipelineRun(context: BenchContext): Promise<PipelineRun> {
  const { stack, config, dataDir } = await startBenchStack(context);
  try {
    const source = await sampleSource(stack, context.say);
    const environment = {
      MEDIA_ROOT: source.mediaRoot,
      CANDLES_DIR: config.CANDLES_DIR,
      LLM_BACKEND: config.LLM_BACKEND,
      LOG_LEVEL: config.LOG_LEVEL,
      // Of a user's .env, as far as it would change what is measured.
      WORKER_QUEUES: QUEUE_NAMES.join(','),
      WORKFLOW_BUNDLE: '',
      METRICS_ADDRESS: '',
      API_KEY: '',
    };
    const { apiUrl } = await startProcesses(stack, config, { dataDir, log: context.say, environment });
    const client = createTemporal({ ...config, TEMPORAL_ADDRESS: stack.temporalAddress });
    try {
      const workflowId = await startRuns({ url: apiUrl, key: undefined }, source);
      await client.workflow.getHandle(workflowId).result();
      const { whole, activities, workflows } = await timelineOf(client, workflowId);
      return {
        wallMs: whole.toMs - whole.fromMs,
        overheadMs: uncoveredMs(whole, activities),
        activities: activities.length,
        workflows,
      };
    } finally {
      await client.connection.close();
    }
  } finally {
    await stack.stop();
  }
}
