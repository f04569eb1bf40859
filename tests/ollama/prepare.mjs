/** Starts a real Ollama with the model `tiny` on a free port, for tests. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { buildAll, toolsFolder, Unavailable } from './build.mjs';
import { run } from './run.mjs';

const MODEL = 'tiny';
const MODELFILE = `FROM ./tiny.gguf
TEMPLATE """{{ .System }} {{ .Prompt }}"""
`;
const START_LIMIT_MS = 30_000;

/**
 * `{ skip }` says why there is none on this machine. `stop` ends the server and removes what it stored.
 * @returns {Promise<{ url: string, model: string, stop: () => Promise<void> } | { skip: string }>}
 */
export async function prepareOllama() {
  try {
    const { program, modelFile } = await buildAll();
    return await start(program, modelFile);
  } catch (error) {
    if (error instanceof Unavailable) return { skip: error.message };
    throw error;
  }
}

async function start(/** @type {string} */ program, /** @type {string} */ modelFile) {
  const folder = mkdtempSync(path.join(toolsFolder, 'run-'));
  const address = `127.0.0.1:${await freePort()}`;
  const url = `http://${address}`;
  const env = {
    OLLAMA_HOST: address,
    OLLAMA_MODELS: path.join(folder, 'models'),
    HOME: folder,
    OLLAMA_NUM_PARALLEL: '1',
  };
  const server = spawn(program, ['serve'], { env: { ...process.env, ...env }, stdio: 'ignore' });
  const ended = once(server, 'exit');
  const stop = async () => {
    server.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await answering(url, server);
    copyFileSync(modelFile, path.join(folder, 'tiny.gguf'));
    writeFileSync(path.join(folder, 'Modelfile'), MODELFILE);
    await run(program, ['create', MODEL, '-f', 'Modelfile'], { limitMs: START_LIMIT_MS, cwd: folder, env });
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, model: MODEL, stop };
}

async function answering(/** @type {string} */ url, /** @type {import('node:child_process').ChildProcess} */ server) {
  const deadline = Date.now() + START_LIMIT_MS;
  while (Date.now() < deadline && server.exitCode === null) {
    const response = await fetch(`${url}/api/version`).catch(() => null);
    if (response?.ok) return;
    await delay(50);
  }
  throw new Error(`Ollama did not answer at ${url} (exit code ${server.exitCode})`);
}

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('a TCP port expected');
  return address.port;
}
