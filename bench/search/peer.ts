/** faiss as a process. Vectors go by files: JSON would take longer than the search. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { fromRoot } from '../../deploy/local/setup/paths.mjs';
import { startLineProcess } from '../line-process.ts';

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
  const { ready, ask, close } = await startLineProcess({
    name: 'faiss',
    command: options.python,
    args: [fromRoot('bench/search/peer.py'), threads],
    environment: { OMP_NUM_THREADS: threads },
  });
  const { versions } = readySchema.parse(ready);
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
    close,
  };
}

async function writeVectors(file: string, vectors: Float32Array[]): Promise<void> {
  await writeFile(
    file,
    Buffer.concat(vectors.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength))),
  );
}
