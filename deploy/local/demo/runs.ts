/** Starts the work and tells how it goes, stage by stage, until it has ended. */
import { mediaStartedSchema } from '../../../contracts/http/starts.ts';
import { startedSchema } from '../../../contracts/http/common.ts';
import { type RunDetail, runDetailSchema, runPageSchema } from '../../../contracts/http/workflows.ts';
import { type Api, call } from './api.ts';
import type { Source } from './source.ts';

const POLL_MS = 500;
/** A stage that takes long says so this often. */
const STILL_MS = 5_000;

export async function startRuns(api: Api, source: Source): Promise<string> {
  if (source.kind === 'file') {
    const started = mediaStartedSchema.parse(await call(api, 'POST', '/media', { path: source.name, force: true }));
    return started.workflowId ?? '';
  }
  const started = startedSchema.parse(
    await call(api, 'POST', '/workflows/process-library', { folder: source.name, force: true }),
  );
  return started.workflowId;
}

/** Follows a run to its end; for a folder, gives the runs of its files. */
export async function followRuns(api: Api, workflowId: string, log: (line: string) => void): Promise<RunDetail[]> {
  const startedAfter = Date.now() - 60_000;
  const run = await follow(api, workflowId, log);
  if (run.workflowType !== 'processLibrary') return [run];
  const page = runPageSchema.parse(await call(api, 'GET', '/workflows?type=processMedia&limit=100'));
  const own = page.items.filter(
    ({ startedAt }) =>
      Date.parse(startedAt) >= startedAfter - 3_600_000 && Date.parse(startedAt) >= Date.parse(run.startedAt),
  );
  return [run, ...(await Promise.all(own.map((item) => read(api, item.workflowId))))];
}

async function follow(api: Api, workflowId: string, log: (line: string) => void): Promise<RunDetail> {
  const told = new Map<string, string>();
  const began = performance.now();
  let lastSaid = began;
  for (;;) {
    const run = await read(api, workflowId);
    for (const { stage, status, counts, note, seconds } of run.stages) {
      if (status === 'pending' || told.get(stage) === status) continue;
      told.set(stage, status);
      lastSaid = performance.now();
      if (status === 'running') log(`  ▶ ${stage}`);
      else
        log(
          `  ✓ ${stage.padEnd(19)} ${seconds === null ? '' : `${seconds.toFixed(1).padStart(5)} s  `}${describe(counts, note, status)}`,
        );
    }
    if (run.status !== 'running' && run.status !== 'waiting') return run;
    if (performance.now() - lastSaid > STILL_MS) {
      lastSaid = performance.now();
      const counts = describe(run.counts, run.note, 'done');
      log(
        `    … ${run.stage ?? 'starting'}, ${((lastSaid - began) / 1000).toFixed(0)} s so far${counts ? ` (${counts})` : ''}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

const read = async (api: Api, workflowId: string) =>
  runDetailSchema.parse(await call(api, 'GET', `/workflows/${encodeURIComponent(workflowId)}`));

const describe = (counts: Record<string, number>, note: string | null, status: string) =>
  [...Object.entries(counts).map(([name, count]) => `${count} ${name}`), note ?? '', status === 'done' ? '' : status]
    .filter(Boolean)
    .join(', ');
