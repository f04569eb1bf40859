import { TapeworksError } from '../../contracts/errors.ts';
import type { LlmStatus, ParseMethod, Rating, Signal } from '../../contracts/signals.ts';
import type { Database } from './client.ts';
import { toSignal } from './signals.ts';

export interface PendingSignal {
  signalId: number;
  taskId: number;
  signal: Signal;
  createdAt: Date;
  /** Backend of the rating it has already, else null. */
  ratedBy: string | null;
}

export interface StoredRating {
  rating: Rating;
  llmStatus: LlmStatus;
  parseMethod: ParseMethod;
  backend: string;
  model: string;
  processingTimeMs: number;
}

/** A signal with its task, which is made when it has none yet. Throws NOT_FOUND. */
export async function loadPendingSignal(database: Database, signalId: number): Promise<PendingSignal> {
  const row = await database.signal.findUnique({ where: { id: signalId } });
  if (!row) throw new TapeworksError('NOT_FOUND', `There is no signal ${signalId}.`);
  const task = await database.llmEnhancementTask.upsert({
    where: { signalId },
    create: { signalId },
    update: {},
    include: { result: true },
  });
  return {
    signalId,
    taskId: task.id,
    signal: toSignal(row),
    createdAt: task.createdAt,
    ratedBy: task.result?.backend ?? null,
  };
}

/** Counts one more time that the model is asked; `by` −1 takes one back. */
export const countAttempt = (database: Database, { taskId }: PendingSignal, by = 1): Promise<{ attempts: number }> =>
  database.llmEnhancementTask.update({
    where: { id: taskId },
    data: { attempts: { increment: by } },
    select: { attempts: true },
  });

/** Keeps why the last attempt failed, for those who look at a pending task. */
export async function noteFailure(database: Database, { taskId }: PendingSignal, error: unknown): Promise<void> {
  const said = error instanceof TapeworksError ? `${error.code}: ${error.message}` : String(error);
  await database.llmEnhancementTask.update({ where: { id: taskId }, data: { error: said } });
}

/** Stores the rating and ends the task, together and once per task. */
export async function storeRating(
  database: Database,
  { signalId, taskId }: PendingSignal,
  stored: StoredRating,
): Promise<void> {
  const { rating, model: modelUsed, ...how } = stored;
  await database.$transaction([
    database.llmAnalysisResult.upsert({
      where: { taskId },
      create: { taskId, signalId, ...rating, ...how, modelUsed },
      update: {},
    }),
    database.llmEnhancementTask.update({ where: { id: taskId }, data: { status: 'done' } }),
  ]);
}
