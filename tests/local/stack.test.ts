import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { QdrantClient } from '@qdrant/js-client-rest';
import { Connection } from '@temporalio/client';
import { Client } from 'pg';
import { afterEach, describe, expect, it } from 'vitest';
import { parseConfig } from '../../contracts/config.ts';
import { isRunning, processStart } from '../../deploy/local/setup/processes.mjs';
import { readState } from '../../deploy/local/stack/state.ts';
import { type Stack, StackBusy, startStack } from '../../deploy/local/stack.ts';

const TIMEOUT_MS = 120_000;
const anyPorts = { postgres: 0, temporal: 0, temporalUi: 0, qdrant: 0 };
const cleanUps: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** A data folder with a space in its name, removed after the test. */
function dataFolder(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'tapeworks stack '));
  chmodSync(folder, 0o711);
  cleanUps.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function start(dataDir: string, log: string[] = []): Promise<Stack> {
  const stack = await startStack(parseConfig({ DATA_DIR: dataDir }), {
    dataDir,
    ports: anyPorts,
    log: (line) => log.push(line),
  });
  cleanUps.push(() => stack.stop());
  return stack;
}

async function query(databaseUrl: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

const vectors = { size: 2, distance: 'Cosine' as const };
const qdrant = (url: string) => new QdrantClient({ url });

/** A process that holds a stack, once it is up. */
async function hold(dataDir: string): Promise<{ owner: ChildProcess; pid: number }> {
  const script = path.join(import.meta.dirname, 'fixtures/hold-stack.ts');
  const owner = spawn(process.execPath, ['--import', 'tsx', script, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<never>((_, reject) =>
    owner.once('exit', () => reject(new Error('the holder ended early'))),
  );
  ended.catch(() => {});
  await Promise.race([new Promise((resolve) => createInterface(owner.stdout).once('line', resolve)), ended]);
  return { owner, pid: owner.pid ?? 0 };
}

async function killed(owner: ChildProcess): Promise<void> {
  const exit = new Promise((resolve) => owner.once('exit', resolve));
  owner.kill('SIGKILL');
  await exit;
}

/** The shell that would end the components when their owner dies. */
function watchdogOf(pid: number): number {
  const found = readdirSync('/proc').filter((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      return stat.includes('(sh)') && stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] === String(pid);
    } catch {
      // Ended while we looked.
      return false;
    }
  });
  return Number(found[0]);
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 50));
}

describe('the embedded stack', { timeout: TIMEOUT_MS }, () => {
  it('starts real components, keeps their data over a restart, and leaves nothing running', async () => {
    const dataDir = dataFolder();
    const first = await start(dataDir);
    await query(first.databaseUrl, 'CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)');
    await qdrant(first.qdrantUrl).createCollection('kept', { vectors });
    const connection = await Connection.connect({ address: first.temporalAddress });
    const attributes = await connection.operatorService.listSearchAttributes({ namespace: 'default' });
    await connection.close();
    expect(Object.keys(attributes.customAttributes)).toContain('TapeworksMedia');
    expect(statSync(path.join(dataDir, 'stack.json')).mode & 0o077).toBe(0);
    expect(first.temporalUiUrl && (await fetch(first.temporalUiUrl)).status).toBe(200);

    const children = readState(dataDir)?.children ?? [];
    expect(children.map(({ name }) => name).sort()).toEqual(['PostgreSQL', 'Qdrant', 'Temporal']);
    await first.stop();
    await first.stop();
    expect(children.filter(isRunning)).toEqual([]);
    expect(readState(dataDir)).toBeNull();

    const second = await start(dataDir);
    expect(await query(second.databaseUrl, 'SELECT n FROM kept')).toEqual([{ n: 7 }]);
    expect((await qdrant(second.qdrantUrl).collectionExists('kept')).exists).toBe(true);
  });

  it('refuses a second start on the same folder and says who holds it', async () => {
    const dataDir = dataFolder();
    const stack = await start(dataDir);
    const refused = await start(dataDir).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(StackBusy);
    if (!(refused instanceof StackBusy)) return;
    expect(refused.message).toContain(`process ${process.pid}`);
    expect(refused.state?.urls?.qdrantUrl).toBe(stack.qdrantUrl);
  });

  it('runs twice at once on different folders', async () => {
    const [one, two] = await Promise.all([start(dataFolder()), start(dataFolder())]);
    expect(one.temporalAddress).not.toBe(two.temporalAddress);
    await query(one.databaseUrl, 'CREATE TABLE only_here ()');
    expect(await query(two.databaseUrl, "SELECT to_regclass('only_here') AS t")).toEqual([{ t: null }]);
  });

  it('takes another port when the usual one is taken, and says so', async () => {
    const dataDir = dataFolder();
    const holder = await start(dataFolder());
    const taken = Number(new URL(holder.qdrantUrl).port);
    const log: string[] = [];
    const stack = await startStack(parseConfig({ DATA_DIR: dataDir }), {
      dataDir,
      ports: { ...anyPorts, qdrant: taken },
      log: (line) => log.push(line),
    });
    cleanUps.push(() => stack.stop());
    expect(stack.qdrantUrl).not.toBe(holder.qdrantUrl);
    expect(log.join('\n')).toContain(`port ${taken} is taken`);
  });

  it('explains a component of the environment that does not answer', async () => {
    const dataDir = dataFolder();
    const config = parseConfig({ DATA_DIR: dataDir, QDRANT_URL: 'http://127.0.0.1:1' });
    const failed = await startStack(config, { dataDir, ephemeral: true, log: () => {} }).catch(
      (error: unknown) => error,
    );
    expect(failed).toMatchObject({ code: 'QDRANT_UNAVAILABLE', message: expect.stringContaining('QDRANT_URL') });
    expect(readState(dataDir)).toBeNull();
  });
});

describe.runIf(process.platform === 'linux')('after kill -9', { timeout: TIMEOUT_MS }, () => {
  it('no component outlives its owner', async () => {
    const dataDir = dataFolder();
    const { owner } = await hold(dataDir);
    const children = readState(dataDir)?.children ?? [];
    expect(children).toHaveLength(3);
    await killed(owner);
    await until(() => children.every((child) => !isRunning(child)));
  });

  it('the next start ends the orphans, spares strangers, and finds the data', async () => {
    const dataDir = dataFolder();
    const { owner, pid } = await hold(dataDir);
    const before = readState(dataDir);
    const urls = before?.urls;
    if (!before || !urls) throw new Error('no state was noted');
    await query(urls.databaseUrl, 'CREATE TABLE kept (n int); INSERT INTO kept VALUES (8)');
    await qdrant(urls.qdrantUrl).createCollection('kept', { vectors });
    process.kill(watchdogOf(pid), 'SIGKILL');
    await killed(owner);
    expect(before.children.every(isRunning)).toBe(true);

    const stranger = spawn('sleep', ['600']);
    cleanUps.push(() => stranger.kill());
    const alike = { name: 'Qdrant', pid: stranger.pid, started: 'another time' };
    writeFileSync(
      path.join(dataDir, 'stack.json'),
      JSON.stringify({ ...before, children: [...before.children, alike] }),
    );

    const log: string[] = [];
    const stack = await start(dataDir, log);
    expect(before.children.filter(isRunning)).toEqual([]);
    expect(processStart(stranger.pid ?? 0)).not.toBeNull();
    expect(log.filter((line) => line.includes('left by a stack that was killed'))).toHaveLength(3);
    expect(await query(stack.databaseUrl, 'SELECT n FROM kept')).toEqual([{ n: 8 }]);
    expect((await qdrant(stack.qdrantUrl).collectionExists('kept')).exists).toBe(true);
  });
});
