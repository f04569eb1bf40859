/** Starts the work and tells how it goes, stage by stage, until it has ended. */
import { mediaStartedSchema } from '../../../contracts/http/starts.ts';
import { startedSchema } from '../../../contracts/http/common.ts';
import { type RunDetail, runDetailSchema, runPageSchema } from '../../../contracts/http/workflows.ts';
import { type Api, call } from './api.ts';
import type { Source } from './source.ts';

const POLL_MS = 500;
const MARKS: Partial<Record<string, string>> = { failed: '✗', cancelled: '■', skipped: '–', reused: '↺' };
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

/** Follows a run to its end; for a folder, gives the runs of its files, too. */
export async function followRuns(api: Api, workflowId: string, log: (line: string) => void): Promise<RunDetail[]> {
  // A library's run may continue as new: its files are those since its first run began.
  const { startedAt } = await read(api, workflowId);
  const run = await follow(api, workflowId, log);
  return run.workflowType === 'processLibrary' ? [run, ...(await runsSince(api, startedAt))] : [run];
}

async function runsSince(api: Api, startedAt: string): Promise<RunDetail[]> {
  const own: string[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const query = `type=processMedia&limit=100${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`;
    const page = runPageSchema.parse(await call(api, 'GET', `/workflows?${query}`));
    own.push(...page.items.filter((item) => item.startedAt >= startedAt).map((item) => item.workflowId));
    cursor = page.next_cursor;
  }
  return Promise.all([...new Set(own)].map((id) => read(api, id)));
}

async function follow(api: Api, workflowId: string, log: (line: string) => void): Promise<RunDetail> {
  const told = new Map<string, string>();
  let changed = performance.now();
  let lastSaid = changed;
  for (;;) {
    const run = await read(api, workflowId);
    for (const { stage, status, counts, note, seconds } of run.stages) {
      if (status === 'pending' || told.get(stage) === status) continue;
      told.set(stage, status);
      changed = lastSaid = performance.now();
      if (status === 'running') log(`  ▶ ${stage}`);
      else
        log(
          `  ${MARKS[status] ?? '✓'} ${stage.padEnd(19)} ${seconds === null ? '' : `${seconds.toFixed(1).padStart(5)} s  `}${describe(counts, note, status)}`,
        );
    }
    if (run.status !== 'running' && run.status !== 'waiting') return run;
    if (performance.now() - lastSaid > STILL_MS) {
      lastSaid = performance.now();
      const counts = run.working.map(({ activity, details }) => `${activity} ${howFar(details)}`.trim()).join(', ');
      log(
        `    … ${run.stage ?? 'starting'}, ${((lastSaid - changed) / 1000).toFixed(0)} s so far${counts ? ` (${counts})` : ''}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

const read = async (api: Api, workflowId: string) =>
  runDetailSchema.parse(await call(api, 'GET', `/workflows/${encodeURIComponent(workflowId)}`));

/** "7 clips of 11" of what an activity says about itself. */
function howFar(details: Record<string, unknown> | null): string {
  if (!details) return '';
  const { of, ...counts } = details;
  const said = Object.entries(counts).map(([name, count]) => `${String(count)} ${name}`);
  return typeof of === 'number' ? `${said.join(', ')} of ${of}` : said.join(', ');
}

const describe = (counts: Record<string, number>, note: string | null, status: string) =>
  [...Object.entries(counts).map(([name, count]) => `${count} ${name}`), note ?? '', status === 'done' ? '' : status]
    .filter(Boolean)
    .join(', ');
