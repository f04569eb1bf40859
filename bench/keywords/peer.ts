/** pyahocorasick as one process for the whole run, in a Python environment of its own below `.tools/`. */
import { spawn } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { fromRoot, toolsDir } from '../../deploy/local/setup/paths.mjs';
import { createProgress } from '../../deploy/local/setup/progress.mjs';
import { findPython } from '../../deploy/local/setup/python.mjs';
import { hashOf, pending, readOrEmpty, runSteps } from '../../deploy/local/setup/steps.mjs';
import type { BenchContext } from '../result.ts';
import type { Place } from './places.ts';

const venv = path.join(toolsDir, 'bench-keywords-venv');
const python = path.join(venv, 'bin/python');
const requirements = fromRoot('bench/keywords/requirements.txt');

const step: Parameters<typeof runSteps>[0][number] = {
  name: 'bench-keywords-venv',
  title: 'pyahocorasick',
  key: () => hashOf(readOrEmpty(requirements)),
  isPresent: () => existsSync(python),
  async act({ run }) {
    const base = findPython();
    if (!base) throw new Error('no Python 3.10 or later with the venv module was found');
    rmSync(venv, { recursive: true, force: true });
    await run(base, ['-m', 'venv', venv]);
    await run(python, [
      '-m',
      'pip',
      'install',
      '--disable-pip-version-check',
      '--only-binary',
      ':all:',
      '-r',
      requirements,
    ]);
  },
  remedy: 'check the network and the pip settings.',
};

const readySchema = z.object({ version: z.string() });
const answerSchema = z.object({
  seconds: z.number().positive(),
  found: z.int(),
  places: z.array(z.tuple([z.int(), z.int()])).optional(),
});

export type Peer = {
  version: string;
  /** Seconds of the search alone, by the peer's own clock. */
  time(textFile: string): Promise<number>;
  places(textFile: string): Promise<Place[]>;
};

/** Starts it with a file of terms, a term a line. Throws with the end of what it said when it ends instead. */
export async function startPeer(termsFile: string, { onEnd }: BenchContext): Promise<Peer> {
  if (pending([step]).length > 0) {
    const progress = createProgress(process.stderr);
    onEnd(progress.close);
    await runSteps([step], progress);
  }
  const child = spawn(python, ['-B', fromRoot('bench/keywords/peer.py'), termsFile], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-2_000);
  });
  child.stdin.on('error', (error) => {
    said += error.message;
  });
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
    child.once('error', (error) => {
      said += error.message;
      resolve();
    });
  });
  onEnd(async () => {
    child.stdin.end();
    await ended;
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async (): Promise<unknown> => {
    const { done, value } = await lines.next();
    if (!done) return JSON.parse(value);
    await ended;
    throw new Error(`pyahocorasick ended without an answer:\n${said.trim()}`);
  };
  const ask = async (text: string, places: boolean) => {
    child.stdin.write(`${JSON.stringify({ text, places })}\n`);
    return answerSchema.parse(await answer());
  };
  const { version } = readySchema.parse(await answer());
  return {
    version,
    time: async (text) => (await ask(text, false)).seconds,
    places: async (text) => (await ask(text, true)).places ?? [],
  };
}
