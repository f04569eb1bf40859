/**
 * A tenant of the shared stack whose workers are processes: own database, Temporal namespace and data folder. Offline backend,
 * so that two runs can be compared row by row.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { createDatabase } from '../../clients/database/client.ts';
import type { ProcessMediaInput } from '../../contracts/messages.ts';
import { createTenantDatabase, needed, registerNamespace, startProcessing } from '../setup/tenant.ts';
import { APPLICATION, closeGate, type Gate, type GatePlace, installGates } from './gates.ts';
import { ffmpegRuns, signalIfThere, spawnWorker, type WorkerProcess } from './worker-process.ts';

export interface StartedRun {
  handle: WorkflowHandle;
  mediaItemId: number;
  /** Resolves when `wanted` does; rejects when the run ends before. */
  before<Answer>(wanted: Promise<Answer>): Promise<Answer>;
}

export interface Rig {
  client: Client;
  databaseUrl: string;
  dataDir: string;
  mediaRoot: string;
  /** Starts a worker for all queues. */
  worker(): WorkerProcess;
  gate(place: GatePlace): Promise<Gate>;
  /** Registers a file of mediaRoot and starts processMedia on it through the outbox. */
  process(file: string, options?: Partial<ProcessMediaInput>): Promise<StartedRun>;
  /** Files and folders below dataDir that something unfinished left behind. */
  leftovers(): Promise<string[]>;
  /** By −9; returns once they have ended. */
  stopWorkers(): Promise<void>;
  close(): Promise<void>;
}

export async function startRig(
  overrides: Record<string, string> = {},
  databaseServer = needed('TEST_DATABASE_URL'),
): Promise<Rig> {
  const name = `f${randomUUID().replaceAll('-', '').slice(0, 12)}`;
  const folder = await mkdtemp(path.join(tmpdir(), 'tapeworks-faults-'));
  const [dataDir, mediaRoot] = [path.join(folder, 'data'), path.join(folder, 'media')];
  await Promise.all([mkdir(dataDir), mkdir(mediaRoot)]);
  const databaseUrl = await createTenantDatabase(databaseServer, name);
  await installGates(databaseUrl);
  const connection = await Connection.connect({ address: needed('TEST_TEMPORAL_ADDRESS') });
  await registerNamespace(connection, name);
  const client = new Client({ connection, namespace: name });
  const ours = new URL(databaseUrl);
  ours.searchParams.set('application_name', APPLICATION);
  const database = createDatabase(ours.href, 2);
  const environment = {
    ...process.env,
    DATABASE_URL: databaseUrl,
    TEMPORAL_ADDRESS: needed('TEST_TEMPORAL_ADDRESS'),
    TEMPORAL_NAMESPACE: name,
    QDRANT_URL: needed('TEST_QDRANT_URL'),
    EMBEDDING_MODEL_DIR: needed('TEST_MODEL_DIR'),
    EMBEDDING_DEVICE: 'cpu',
    WORKFLOW_BUNDLE: needed('TEST_WORKFLOW_BUNDLE'),
    TESSERACT: process.env.TEST_TESSERACT ?? '',
    FFMPEG: needed('TEST_FFMPEG'),
    FFPROBE: needed('TEST_FFPROBE'),
    MEDIA_ROOT: mediaRoot,
    DATA_DIR: dataDir,
    CANDLES_DIR: path.resolve(import.meta.dirname, '../../samples/candles'),
    LLM_BACKEND: 'offline',
    LOG_LEVEL: 'info',
    ...overrides,
  };
  const workers: WorkerProcess[] = [];
  const gates: Gate[] = [];

  const stopWorkers = async () => {
    for (const worker of workers) worker.kill('SIGKILL');
    await Promise.all(workers.map(({ ended }) => ended));
    // A test that failed may have left one stopped.
    for (const pid of await ffmpegRuns(folder)) signalIfThere(pid, 'SIGKILL');
  };

  return {
    client,
    databaseUrl,
    dataDir,
    mediaRoot,
    worker() {
      const worker = spawnWorker(environment, path.join(folder, `worker-${workers.length + 1}.log`));
      workers.push(worker);
      return worker;
    },
    async gate(place) {
      const gate = await closeGate(databaseUrl, place);
      gates.push(gate);
      return gate;
    },
    async process(file, options = {}) {
      const { handle, mediaItemId } = await startProcessing({ database, client, mediaRoot }, file, options);
      const endedEarly = handle.result().then(() => {
        throw new Error('The run ended before the fault was reached.');
      });
      endedEarly.catch(() => {});
      return { handle, mediaItemId, before: (wanted) => Promise.race([wanted, endedEarly]) };
    },
    async leftovers() {
      const names = await readdir(dataDir, { recursive: true });
      return names.filter((found) => /\.partial-|sampling-/.test(found));
    },
    stopWorkers,
    async close() {
      await Promise.all(gates.map((gate) => gate.open()));
      await stopWorkers();
      await Promise.all([database.$disconnect(), connection.close()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
