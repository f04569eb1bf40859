/** The API as a process: says where it listens, streams over a real socket, and ends in order. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { taskQueue } from '../../contracts/names.ts';
import { type Harness, startHarness } from '../setup/harness.ts';
import { until } from '../setup/until.ts';

const root = path.resolve(import.meta.dirname, '../..');
let harness: Harness;
let api: ChildProcess;
let url: string;

beforeAll(async () => {
  harness = await startHarness();
  const { EMBEDDING_MODEL_DIR } = harness.config;
  const { DATABASE_URL, TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, QDRANT_URL, MEDIA_ROOT, DATA_DIR } = harness.config;
  const environment = { DATABASE_URL, TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, QDRANT_URL, MEDIA_ROOT, DATA_DIR };
  api = spawn(process.execPath, ['--import', 'tsx', 'api/main.ts'], {
    cwd: root,
    env: {
      PATH: process.env.PATH,
      EMBEDDING_MODEL_DIR,
      ...environment,
      PORT: '0',
      LLM_BACKEND: 'offline',
      LOG_LEVEL: 'error',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (!api.stdout) throw new Error('the process has no output');
  const [line] = (await once(createInterface(api.stdout), 'line')) as [string];
  url = (JSON.parse(line) as { listening: string }).listening;
});
afterAll(async () => {
  api.kill('SIGKILL');
  await harness.close();
});

it('hands over what waits in the outbox', async () => {
  const { database } = harness.dependencies;
  const input = { keywords: [], minHits: 1, topK: 5, temperature: 0, concurrency: 1, force: false, after: null };
  const createdAt = new Date(Date.now() - 60_000);
  const { id } = await database.outbox.create({
    data: {
      workflowType: 'batchGenerate',
      workflowId: 'batch-generate:waiting',
      input: { ...input, soFar: { made: 0, reused: 0, failed: 0 }, keywordsPerRun: 5 },
      createdAt,
    },
  });
  const row = await until(async () => {
    const found = await database.outbox.findUniqueOrThrow({ where: { id } });
    return found.dispatchedAt ? found : null;
  });
  expect(row.runId).not.toBeNull();
});

it('survives an upload that breaks off on the socket', async () => {
  const breaking = new AbortController();
  const body = new ReadableStream({
    start(controller) {
      const head = '--x\r\nContent-Disposition: form-data; name="file"; filename="a.mp4"\r\n\r\n';
      controller.enqueue(new TextEncoder().encode(head + 'x'.repeat(100_000)));
      setTimeout(() => breaking.abort(), 100);
    },
  });
  const headers = { 'content-type': 'multipart/form-data; boundary=x' };
  const init = { method: 'POST', headers, body, signal: breaking.signal, duplex: 'half' } as RequestInit;
  await expect(fetch(`${url}/media`, init)).rejects.toThrow();
  expect((await fetch(`${url}/health/live`)).status).toBe(200);
});

it('answers a search with a model of its own', async () => {
  await harness.dependencies.searchIndex();
  const reply = await fetch(`${url}/search/all?query=oversold`);
  expect(reply.status).toBe(200);
  expect(await reply.json()).toMatchObject({ embedding_type: 'all', model: 'all-MiniLM-L6-v2' });
});

// After the search: its inference processes must not hold it.
it('ends open event streams and itself at SIGTERM', async () => {
  const id = 'generate-strategy:held';
  await harness.client.workflow.start('generateStrategy', {
    workflowId: id,
    taskQueue: `${taskQueue('workflow')}-nobody`,
    args: [{}],
  });
  const events = await fetch(`${url}/workflows/${encodeURIComponent(id)}/events`);
  const reader = events.body?.getReader();
  expect(new TextDecoder().decode((await reader?.read())?.value)).toContain('event: progress');
  const exited = once(api, 'exit');
  api.kill('SIGTERM');
  expect(await exited).toEqual([0, null]);
  await harness.client.workflow.getHandle(id).terminate();
});
