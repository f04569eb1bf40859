/**
 * A tenant of the shared stack: own database, Temporal namespace and data folder, and a worker for all queues in this process,
 * on real clients. Offline backend, so that results do not depend on what runs on the machine.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Runtime, type Worker } from '@temporalio/worker';
import type { Dependencies } from '../../activities/index.ts';
import { type Config, parseConfig } from '../../contracts/config.ts';
import type { ProcessMediaInput } from '../../contracts/messages.ts';
import { createWorkers } from '../../workers/create.ts';
import { createDependencies } from '../../workers/dependencies.ts';
import { createLogger } from '../../workers/logger.ts';
import { registerSearchAttributes } from '../../workers/search-attributes.ts';
import { createTenantDatabase, needed, type Processing, registerNamespace, startProcessing } from './tenant.ts';

// Workers tell what they do; a test's output is the test's.
Runtime.install({ logger: createLogger('silent'), shutdownSignals: [] });

export interface Harness {
  config: Config;
  client: Client;
  dependencies: Dependencies;
  mediaRoot: string;
  /** Registers a file of mediaRoot and starts processMedia on it through the outbox. */
  process(file: string, options?: Partial<ProcessMediaInput>): Promise<Processing>;
  close(): Promise<void>;
}

export async function startHarness(overrides: Record<string, string> = {}): Promise<Harness> {
  const name = `t${randomUUID().replaceAll('-', '').slice(0, 12)}`;
  const folder = await mkdtemp(path.join(tmpdir(), 'tapeworks-tenant-'));
  const mediaRoot = path.join(folder, 'media');
  await mkdir(mediaRoot);
  const databaseUrl = await createTenantDatabase(needed('TEST_DATABASE_URL'), name);
  const config = parseConfig({
    DATABASE_URL: databaseUrl,
    TEMPORAL_ADDRESS: needed('TEST_TEMPORAL_ADDRESS'),
    TEMPORAL_NAMESPACE: name,
    QDRANT_URL: needed('TEST_QDRANT_URL'),
    EMBEDDING_MODEL_DIR: needed('TEST_MODEL_DIR'),
    TESSERACT: process.env.TEST_TESSERACT ?? '',
    MEDIA_ROOT: mediaRoot,
    DATA_DIR: path.join(folder, 'data'),
    CANDLES_DIR: path.resolve(import.meta.dirname, '../../samples/candles'),
    LLM_BACKEND: 'offline',
    LOG_LEVEL: 'silent',
    ...overrides,
  });
  const address = needed('TEST_TEMPORAL_ADDRESS');
  const [connection, native] = await Promise.all([
    Connection.connect({ address }),
    NativeConnection.connect({ address }),
  ]);
  await registerNamespace(connection, name);
  await registerSearchAttributes(native, name);
  const client = new Client({ connection, namespace: name });
  const dependencies = createDependencies(config);
  const workers = await createWorkers(native, dependencies, needed('TEST_WORKFLOW_BUNDLE'));
  const running = workers.map((worker: Worker) => worker.run());

  return {
    config,
    client,
    dependencies,
    mediaRoot,
    process: (file, options = {}) =>
      startProcessing({ database: dependencies.database, client, mediaRoot }, file, options),
    async close() {
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
      await Promise.all(running);
      await dependencies.close();
      await Promise.all([connection.close(), native.close()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
