/** Strategies for many keywords over the whole library, then strategies.json. Meant for a schedule; safe to run at any time. */
import { continueAsNew, executeChild, workflowInfo } from '@temporalio/workflow';
import type { BatchGenerateInput, BatchGenerateResult } from '../contracts/messages.ts';
import { taskQueue, workflowId } from '../contracts/names.ts';
import { ownCancellation, toFailure } from './failures.ts';
import { generateStrategy } from './generate-strategy.ts';
import { inParallel } from './in-parallel.ts';
import { exporting, library } from './profiles.ts';
import { Run } from './run-control.ts';

export async function batchGenerate(input: BatchGenerateInput): Promise<BatchGenerateResult> {
  const run = new Run({ workflowType: 'batchGenerate', stages: ['generateStrategies', 'export'], input });
  return run.tell(async () => {
    const result: BatchGenerateResult = { ...input.soFar };
    const { keywords, more } = await library.listKeywords({
      keywords: input.keywords,
      minHits: input.minHits,
      after: input.after,
      limit: input.keywordsPerRun,
    });

    await run.stage('generateStrategies', async () => {
      await inParallel(keywords, input.concurrency, async (keyword) => {
        await run.unpaused();
        try {
          const strategy = await executeChild(generateStrategy, {
            workflowId: `${workflowInfo().workflowId}/${workflowId.generateStrategy(keyword)}`,
            taskQueue: taskQueue('workflow'),
            args: [
              { keyword, mediaItemId: null, topK: input.topK, temperature: input.temperature, force: input.force },
            ],
          });
          result[strategy.reused ? 'reused' : 'made'] += 1;
        } catch (error) {
          if (ownCancellation()) throw error;
          result.failed += 1;
          const failure = toFailure(error, 'generateStrategies');
          run.progress.failures.push({ ...failure, message: `${keyword}: ${failure.message}` });
        }
        Object.assign(run.progress.counts, result);
        run.show();
      });
      return { counts: { ...result } };
    });

    if (more) await continueAsNew<typeof batchGenerate>({ ...input, after: keywords.at(-1) ?? null, soFar: result });
    await run.stage('export', async () => {
      const { exportIds } = await exporting.exportResults({});
      return { counts: { exports: exportIds.length } };
    });
    return result;
  });
}
