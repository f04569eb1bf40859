/** Every media file of a folder, a bounded number at once. One bad file is counted and named; it never stops the rest. */
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { continueAsNew, executeChild } from '@temporalio/workflow';
import type { ProcessLibraryInput, ProcessLibraryResult } from '../contracts/messages.ts';
import { taskQueue, workflowId } from '../contracts/names.ts';
import { ownCancellation, toFailure } from './failures.ts';
import { inParallel } from './in-parallel.ts';
import { processMedia } from './process-media.ts';
import { library } from './profiles.ts';
import { Run } from './run-control.ts';

export async function processLibrary(input: ProcessLibraryInput): Promise<ProcessLibraryResult> {
  const run = new Run({ workflowType: 'processLibrary', stages: ['processFiles'], input });
  return run.tell(async () => {
    const result: ProcessLibraryResult = { ...input.soFar };
    run.progress.failures.push(...input.failures);
    const { paths, more } = await library.listMedia({
      folder: input.folder,
      after: input.after,
      limit: input.filesPerRun,
    });

    await run.stage('processFiles', async () => {
      await inParallel(paths, input.concurrency, async (path) => {
        await run.unpaused();
        try {
          result[await processFile(path)] += 1;
        } catch (error) {
          if (ownCancellation()) throw error;
          result.failed += 1;
          const failure = toFailure(error, path);
          run.progress.failures.push({ ...failure, message: `${path}: ${failure.message}` });
        }
        Object.assign(run.progress.counts, result);
        run.show();
      });
      return { counts: { ...result } };
    });

    if (more)
      await continueAsNew<typeof processLibrary>({
        ...input,
        after: paths.at(-1) ?? null,
        soFar: result,
        failures: run.progress.failures.slice(-50),
      });
    return result;
  });

  async function processFile(path: string): Promise<'done' | 'skipped'> {
    const media = await library.registerMedia({
      path,
      keywords: input.keywords,
      maxStrategies: input.maxStrategies,
      products: input.products,
      force: input.force,
    });
    if (media.alreadyDone) return 'skipped';
    try {
      await executeChild(processMedia, {
        workflowId: workflowId.processMedia(media.videoId),
        taskQueue: taskQueue('workflow'),
        args: [media.input],
      });
      return 'done';
    } catch (error) {
      // Somebody started the same file by itself: it is being done.
      if (error instanceof WorkflowExecutionAlreadyStartedError) return 'skipped';
      throw error;
    }
  }
}
