/** Whether a workflow is under way. A run writes down its outcome a moment before Temporal closes it; that moment is waited out. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiDependencies } from '../deps.ts';
import { runningRunId } from './temporal.ts';

const CLOSING_MS = 3_000;
const POLL_MS = 50;

/** Id of the running run that has not written down its outcome; null when there is none. */
export async function activeRunId(
  { database, temporal }: Pick<ApiDependencies, 'database' | 'temporal'>,
  workflowId: string,
): Promise<string | null> {
  for (let waited = 0; ; waited += POLL_MS) {
    const runId = await runningRunId(temporal, workflowId);
    if (runId === null || waited >= CLOSING_MS) return runId;
    const row = await database.run.findUnique({
      where: { workflowId_runId: { workflowId, runId } },
      select: { status: true },
    });
    if (!row || row.status === 'running') return runId;
    await sleep(POLL_MS);
  }
}
