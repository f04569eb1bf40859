/** What a tenant of the shared stack is made of: a database, a namespace, and the start of its work. */
import { randomInt } from 'node:crypto';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Client, Connection, WorkflowHandle } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import pg from 'pg';
import type { Database } from '../../clients/database/client.ts';
import { registerMedia } from '../../clients/database/media.ts';
import { hashFile, mediaKindOf } from '../../clients/files/index.ts';
import { dispatch, requestStart, type Started } from '../../clients/temporal/outbox.ts';
import type { ProcessMediaInput } from '../../contracts/messages.ts';
import { workflowId } from '../../contracts/names.ts';
import { deployMigrations } from '../../prisma/migrate.ts';

/** A variable of the global set-up. */
export function needed(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run the tests by npm test, whose global set-up starts the stack.`);
  return value;
}

export type Processing = { started: Started; handle: WorkflowHandle; mediaItemId: number };

/** Registers a file and starts processMedia on it through the outbox, as the API does. */
export async function startProcessing(
  { database, client, mediaRoot }: { database: Database; client: Client; mediaRoot: string },
  file: string,
  options: Partial<ProcessMediaInput>,
): Promise<Processing> {
  const absolute = path.join(mediaRoot, file);
  const item = await registerMedia(database, {
    contentHash: await hashFile(absolute),
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
  const outboxId = await requestStart(database, {
    workflowType: 'processMedia',
    workflowId: workflowId.processMedia(item.videoId),
    mediaItemId: item.id,
    input,
  });
  const started = await dispatch(database, client, outboxId);
  return { started, handle: client.workflow.getHandle(started.workflowId, started.runId), mediaItemId: item.id };
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

export async function registerNamespace(connection: Connection, namespace: string): Promise<void> {
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
