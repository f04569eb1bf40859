/**
 * A tenant of the shared stack: own database, Temporal namespace and data folder, and a worker for all queues in this process,
 * on real clients. Offline backend, so that results do not depend on what runs on the machine.
 */
import { randomInt, randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Connection, Client, type WorkflowHandle } from '@temporalio/client';
import { NativeConnection, Runtime, type Worker } from '@temporalio/worker';
import { msToTs } from '@temporalio/common/lib/time.js';
import pg from 'pg';
import type { Dependencies } from '../../activities/index.ts';
import { registerMedia } from '../../clients/database/media.ts';
import { hashFile, mediaKindOf } from '../../clients/files/index.ts';
import { dispatch, requestStart, type Started } from '../../clients/temporal/outbox.ts';
import { type Config, parseConfig } from '../../contracts/config.ts';
import type { ProcessMediaInput } from '../../contracts/messages.ts';
import { workflowId } from '../../contracts/names.ts';
import { deployMigrations } from '../../prisma/migrate.ts';
import { createWorkers } from '../../workers/create.ts';
import { createDependencies } from '../../workers/dependencies.ts';
import { createLogger } from '../../workers/logger.ts';
import { registerSearchAttributes } from '../../workers/search-attributes.ts';

const needed = (name: string): string => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run the tests by npm test, whose global set-up starts the stack.`);
  return value;
};

// Workers tell what they do; a test's output is the test's.
Runtime.install({ logger: createLogger('silent'), shutdownSignals: [] });

export interface Harness {
  config: Config;
  client: Client;
  dependencies: Dependencies;
  mediaRoot: string;
  /** Registers a file of mediaRoot and starts processMedia on it through the outbox. */
  process(
    file: string,
    options?: Partial<ProcessMediaInput>,
  ): Promise<{ started: Started; handle: WorkflowHandle; mediaItemId: number }>;
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
    async process(file, options = {}) {
      const absolute = path.join(mediaRoot, file);
      const item = await registerMedia(dependencies.database, {
        contentHash: await hashFile(absolute, {}),
        path: file,
        store: 'media_root',
        sizeBytes: (await stat(absolute)).size,
        kind: mediaKindOf(absolute),
      });
      const input: ProcessMediaInput = {
        mediaItemId: item.id,
        videoId: item.videoId,
        keywords: null,
        maxStrategies: 3,
        products: null,
        fromStage: null,
        ...options,
      };
      const outboxId = await requestStart(dependencies.database, {
        workflowType: 'processMedia',
        workflowId: workflowId.processMedia(item.videoId),
        mediaItemId: item.id,
        input,
      });
      const started = await dispatch(dependencies.database, client, outboxId);
      return { started, handle: client.workflow.getHandle(started.workflowId, started.runId), mediaItemId: item.id };
    },
    async close() {
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
      await Promise.all(running);
      await dependencies.close();
      await Promise.all([connection.close(), native.close()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A migrated database of its own on the shared server; returns its URL. */
export async function createTenantDatabase(serverUrl: string, name: string): Promise<string> {
  const admin = new pg.Client({ connectionString: serverUrl });
  await admin.connect();
  await admin.query(`CREATE DATABASE "${name}"`);
  await admin.end();
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  await deployMigrations(url.href);
  await spreadIds(url.href);
  return url.href;
}

/** Tenants share the index, where ids of media and moments must not meet: each counts from a place of its own. */
async function spreadIds(url: string): Promise<void> {
  const database = new pg.Client({ connectionString: url });
  await database.connect();
  const { rows } = await database.query<{ name: string }>(
    "SELECT sequencename AS name FROM pg_sequences WHERE schemaname = 'public'",
  );
  const base = 1_000 + randomInt(1_900_000) * 1_000;
  for (const { name } of rows) await database.query(`ALTER SEQUENCE "${name}" RESTART WITH ${base}`);
  await database.end();
}

async function registerNamespace(connection: Connection, namespace: string): Promise<void> {
  await connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: msToTs('1 day') });
  // A fresh namespace reaches the front ends' caches a moment later.
  for (;;) {
    try {
      await connection.workflowService.describeNamespace({ namespace });
      return;
    } catch (error) {
      if (!/not found/i.test(String(error))) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
