/** One processLibrary run over hours of transcripts, on a stack that has seen nothing yet: how long, and how much memory at most. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTemporal } from '../../clients/temporal/connect.ts';
import { startedSchema } from '../../contracts/http/common.ts';
import { type Stats, statsSchema } from '../../contracts/http/search.ts';
import { QUEUE_NAMES } from '../../contracts/names.ts';
import { startProcesses } from '../../deploy/local/processes.ts';
import { startBenchStack } from '../orchestration/stack.ts';
import type { BenchContext } from '../result.ts';
import { writeLessons } from './lessons.ts';

export type LibraryRun = {
  hours: number;
  wallSeconds: number;
  vectors: number;
  /** Most memory the process held at any moment, MiB; null where the system does not tell. */
  workerMiB: number | null;
  apiMiB: number | null;
};

export async function measureLibraryRun(context: BenchContext, hours: number): Promise<LibraryRun> {
  const { stack, config, dataDir } = await startBenchStack(context);
  try {
    const mediaRoot = path.join(dataDir, 'lessons');
    await writeLessons(mediaRoot, hours);
    const environment = {
      MEDIA_ROOT: mediaRoot,
      LLM_BACKEND: config.LLM_BACKEND,
      LOG_LEVEL: config.LOG_LEVEL,
      WORKER_QUEUES: QUEUE_NAMES.join(','),
      WORKFLOW_BUNDLE: '',
      METRICS_ADDRESS: '',
      API_KEY: '',
    };
    const { apiUrl, pids } = await startProcesses(stack, config, { dataDir, log: context.say, environment });
    const client = createTemporal({ ...config, TEMPORAL_ADDRESS: stack.temporalAddress });
    try {
      const began = performance.now();
      const answer = await fetch(`${apiUrl}/workflows/process-library`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ folder: '.', max_strategies: 0, concurrency: 2, files_per_run: 500 }),
      });
      const { workflowId } = startedSchema.parse(await answer.json());
      const progress = new AbortController();
      void tellProgress(context, apiUrl, hours, progress.signal);
      await client.workflow.getHandle(workflowId).result();
      progress.abort();
      const wallSeconds = (performance.now() - began) / 1_000;
      const stats = await statsOf(apiUrl);
      const { worker, api } = pids();
      const [workerMiB, apiMiB] = await Promise.all([peakMiB(worker), peakMiB(api)]);
      return { hours, wallSeconds, vectors: stats.vectors.total, workerMiB, apiMiB };
    } finally {
      await client.connection.close();
    }
  } finally {
    await stack.stop();
  }
}

async function tellProgress({ say }: BenchContext, apiUrl: string, hours: number, signal: AbortSignal): Promise<void> {
  for (;;) {
    await sleep(20_000, undefined, { signal, ref: false }).catch(() => {});
    if (signal.aborted) return;
    say(`${(await statsOf(apiUrl)).searchable_items} of ${hours} hours`);
  }
}

async function statsOf(apiUrl: string): Promise<Stats> {
  const answer = await fetch(`${apiUrl}/stats`);
  const body = await answer.text();
  if (!answer.ok) throw new Error(`GET /stats: ${answer.status} ${body}`);
  return statsSchema.parse(JSON.parse(body));
}

/** The kernel's high-water mark of resident memory. */
async function peakMiB(pid: number): Promise<number | null> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kiB = /^VmHWM:\s+(\d+) kB/m.exec(status)?.[1];
  return kiB === undefined ? null : Math.round(Number(kiB) / 1_024);
}
