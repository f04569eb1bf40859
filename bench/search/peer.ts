/** faiss as one process for the whole run, so that its start is not measured. Vectors go by files: JSON would take longer than the search. */
import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { fromRoot } from '../../deploy/local/setup/paths.mjs';

const readySchema = z.object({ versions: z.record(z.string(), z.string()) });
const loadedSchema = z.object({ size: z.int() });
const foundSchema = z.object({ ids: z.array(z.array(z.int())), milliseconds: z.array(z.number()) });

export type Faiss = {
  versions: Record<string, string>;
  load: (vectors: Float32Array[]) => Promise<void>;
  /** Positions of the nearest vectors, and the milliseconds of each query by the peer's own clock. */
  search: (queries: Float32Array[], top: number) => Promise<{ ids: number[][]; milliseconds: number[] }>;
  close: () => Promise<void>;
};

/** Throws with the end of what it said when it ends instead of answering. */
export async function startFaiss(options: { python: string; threads: number; folder: string }): Promise<Faiss> {
  const threads = String(options.threads);
  const child = spawn(options.python, [fromRoot('bench/search/peer.py'), threads], {
    env: { ...process.env, OMP_NUM_THREADS: threads },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-2_000);
  });
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
    child.once('error', (error) => {
      said += error.message;
      resolve();
    });
  });
  // A request to a process that is gone fails by its missing answer, which says more than a broken pipe.
  child.stdin.on('error', (error) => {
    said += error.message;
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();

  async function answer(): Promise<unknown> {
    const { done, value } = await lines.next();
    if (!done) return JSON.parse(value);
    await ended;
    throw new Error(`faiss ended without an answer:\n${said.trim()}`);
  }
  async function ask(request: object): Promise<unknown> {
    child.stdin.write(`${JSON.stringify(request)}\n`);
    return answer();
  }

  const { versions } = readySchema.parse(await answer());
  return {
    versions,
    async load(vectors) {
      const file = path.join(options.folder, 'vectors.f32');
      await writeVectors(file, vectors);
      loadedSchema.parse(await ask({ load: file, dimension: vectors[0]?.length ?? 1 }));
    },
    async search(queries, top) {
      const file = path.join(options.folder, 'queries.f32');
      await writeVectors(file, queries);
      return foundSchema.parse(await ask({ queries: file, top }));
    },
    async close() {
      child.stdin.end();
      await ended;
    },
  };
}

async function writeVectors(file: string, vectors: Float32Array[]): Promise<void> {
  await writeFile(
    file,
    Buffer.concat(vectors.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength))),
  );
}
