/** Whether everything that work needs is there. Checks run side by side, each with a limit; each failure names its remedy. */
import { setTimeout as sleep } from 'node:timers/promises';
import { pingDatabase } from '../clients/database/client.ts';
import { errorEntry, TapeworksError, type ErrorCode } from '../contracts/errors.ts';
import type { Check } from '../contracts/http/results.ts';
import { QUEUE_NAMES, type QueueName, taskQueue } from '../contracts/names.ts';
import type { ApiDependencies } from './deps.ts';
import { toTapeworksError } from './problem.ts';
import { asking } from './runs/temporal.ts';

const CHECK_MS = 5_000;
/** temporal.api.enums.v1.TaskQueueType */
const TASK_QUEUE_TYPE = { workflow: 1, activity: 2 };

type Probe = { name: string; code: ErrorCode; check: () => Promise<string> };

/** All checks. The LLM counts only where the configuration forbids falling back on the offline backend. */
export async function readiness(deps: ApiDependencies): Promise<{ ready: boolean; checks: Check[] }> {
  const probes: Probe[] = [
    {
      name: 'database',
      code: 'DATABASE_UNAVAILABLE',
      check: async () => (await pingDatabase(deps.database), 'PostgreSQL answers'),
    },
    { name: 'qdrant', code: 'QDRANT_UNAVAILABLE', check: () => checkIndex(deps) },
    { name: 'model', code: 'EMBEDDER_UNAVAILABLE', check: () => checkModel(deps) },
    ...QUEUE_NAMES.map((queue) => ({
      name: `queue ${taskQueue(queue)}`,
      code: 'NO_WORKER' as const,
      check: () => checkQueue(deps, queue),
    })),
  ];
  const [llm, ...checks] = await Promise.all([checkLlm(deps), ...probes.map(run)]);
  const required = deps.config.LLM_BACKEND === 'ollama' ? [...checks, llm] : checks;
  return { ready: required.every(({ ok }) => ok), checks: [...checks, llm] };
}

async function run({ name, code, check }: Probe): Promise<Check> {
  try {
    return { name, ok: true, detail: await limited(check(), code, name), remedy: null };
  } catch (error) {
    const known = toTapeworksError(error);
    const { remedy } = errorEntry(known.code === 'INTERNAL' ? code : known.code);
    return { name, ok: false, detail: known.message, remedy };
  }
}

async function checkIndex({ searchIndex }: ApiDependencies): Promise<string> {
  const collections = await searchIndex.stats();
  return collections.map(({ type, points }) => `${type} ${points}`).join(', ');
}

/** The model that questions are embedded with: that of the live index, loaded. */
async function checkModel({ config, searchIndex, queryVectors }: ApiDependencies): Promise<string> {
  const live = await searchIndex.live();
  const { model, precision, device } = await queryVectors.embedder(live?.model ?? config.EMBEDDING_MODEL);
  return `${model}, ${precision} on ${device}`;
}

/** A long poll lasts a minute. */
const POLLED_WITHIN_MS = 75_000;

async function checkQueue({ config, temporal }: ApiDependencies, queue: QueueName): Promise<string> {
  const { pollers } = await asking(temporal, `task queue ${taskQueue(queue)}`, () =>
    temporal.workflowService.describeTaskQueue({
      namespace: config.TEMPORAL_NAMESPACE,
      taskQueue: { name: taskQueue(queue) },
      taskQueueType: queue === 'workflow' ? TASK_QUEUE_TYPE.workflow : TASK_QUEUE_TYPE.activity,
    }),
  );
  // The server lists who polled within minutes; one that lives polls again within one.
  const alive = (pollers ?? []).filter(
    ({ lastAccessTime }) => Date.now() - Number(lastAccessTime?.seconds ?? 0) * 1_000 < POLLED_WITHIN_MS,
  );
  const count = alive.length;
  if (count === 0) throw new TapeworksError('NO_WORKER', `No worker serves ${taskQueue(queue)}.`);
  return `${count} worker(s)`;
}

async function checkLlm({ config, llmHealth }: ApiDependencies): Promise<Check> {
  const name = 'llm';
  try {
    const health = await limited(llmHealth(), 'LLM_UNAVAILABLE', name);
    const remedy = health.ok ? null : standIn(config.LLM_BACKEND);
    return { name, ok: health.ok, detail: `${health.backend}: ${health.detail}`, remedy };
  } catch (error) {
    const { message } = toTapeworksError(error);
    return {
      name,
      ok: false,
      detail: `${config.LLM_BACKEND}: ${message}`,
      remedy: standIn(config.LLM_BACKEND),
    };
  }
}

const standIn = (backend: string): string =>
  backend === 'auto'
    ? 'The offline backend answers meanwhile; start Ollama and pull OLLAMA_MODEL to use it.'
    : errorEntry('LLM_UNAVAILABLE').remedy;

async function limited<Result>(work: Promise<Result>, code: ErrorCode, name: string): Promise<Result> {
  const stop = new AbortController();
  const late = sleep(CHECK_MS, undefined, { signal: stop.signal, ref: false }).then(() => {
    throw new TapeworksError(code, `${name} did not answer within ${CHECK_MS / 1_000} s.`);
  });
  // Aborted when the work was faster.
  late.catch(() => {});
  try {
    return await Promise.race([work, late]);
  } finally {
    stop.abort();
  }
}
