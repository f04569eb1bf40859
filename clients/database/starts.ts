/** Whether a piece of work runs or was done with the same inputs: decides reuse, 409 and force in one place. */
import { hashJson } from '../../domain/hash.ts';
import type { Database } from './client.ts';

export interface EarlierRun {
  workflowId: string;
  runId: string;
  status: string;
}

/** Hash of what a workflow's result depends on; the stage it started at is no part of that. */
export const inputHash = (input: object): string => hashJson({ ...input, fromStage: undefined });

/** The newest run of a workflow id that completed with these very inputs. */
export async function completedRun(database: Database, workflowId: string, input: object): Promise<EarlierRun | null> {
  const run = await database.run.findFirst({ where: { workflowId }, orderBy: { startedAt: 'desc' } });
  return run && run.status === 'completed' && run.inputHash === inputHash(input) ? run : null;
}
