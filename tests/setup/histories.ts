/**
 * Every workflow test replays what it ran. With RECORD_HISTORIES=true a history that is not in tests/replay/histories yet is kept
 * there: the corpus that a changed workflow must still be able to replay. What is there stays, for it is what older code has left.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { Worker } from '@temporalio/worker';

const ROOT = path.resolve(import.meta.dirname, '../..');
export const HISTORIES = path.resolve(import.meta.dirname, '../replay/histories');

/** Replays a run's history on the present workflow code; `name` is "<workflow>.<path>". Throws when it diverges. */
export async function replayAndKeep(handle: WorkflowHandle, name: string): Promise<void> {
  const history = await handle.fetchHistory();
  const bundle = process.env.TEST_WORKFLOW_BUNDLE ?? '';
  await Worker.runReplayHistory({ workflowBundle: { codePath: bundle } }, history, handle.workflowId);
  if (process.env.RECORD_HISTORIES !== 'true') return;
  await mkdir(HISTORIES, { recursive: true });
  const kept = JSON.stringify(JSON.parse(historyToJSON(history)), withoutMachine, 1);
  await writeFile(path.join(HISTORIES, `${name}.json`), `${kept}\n`, { flag: 'wx' }).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  });
}

/** What tells of the machine that recorded it (stack traces, process names) is no part of what a workflow decided. */
const withoutMachine = (key: string, value: unknown): unknown => {
  if (key === 'stackTrace') return undefined;
  // "1234@host" names processes and their sticky queues.
  if (typeof value !== 'string') return value;
  return /^\d+@/.test(value) ? 'recorder' : value.replaceAll(`${ROOT}${path.sep}`, '');
};
