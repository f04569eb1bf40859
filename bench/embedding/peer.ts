/** A reference as one process for the whole run, so that its start and its imports are not measured. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { fromRoot } from '../../deploy/local/setup/paths.mjs';

const readySchema = z.object({ versions: z.record(z.string(), z.string()) });
const answerSchema = z.object({ seconds: z.number().positive(), vectors: z.array(z.base64()).optional() });

export type Peer = {
  versions: Record<string, string>;
  /** Seconds that embedding took, as the peer's own clock has it: without the talking between the processes. */
  time: (texts: string[]) => Promise<number>;
  vectors: (texts: string[]) => Promise<Float32Array[]>;
  close: () => Promise<void>;
};

export type PeerOptions = { python: string; threads: number } & (
  | { library: 'sentence-transformers'; model: string }
  /** `file`: the ONNX file in `model`. */
  | { library: 'fastembed'; model: string; file: string }
);

/** Starts it and waits until its model is loaded. Throws with the end of what it said when it ends instead. */
export async function startPeer(options: PeerOptions): Promise<Peer> {
  const threads = String(options.threads);
  const program =
    options.library === 'fastembed'
      ? ['fastembed_peer.py', options.model, threads, options.file]
      : ['peer.py', options.model, threads];
  const [script = '', ...given] = program;
  const child = spawn(options.python, ['-B', fromRoot('bench/embedding', script), ...given], {
    env: {
      ...process.env,
      HF_HUB_OFFLINE: '1',
      TOKENIZERS_PARALLELISM: 'false',
      OMP_NUM_THREADS: threads,
      MKL_NUM_THREADS: threads,
      CUDA_VISIBLE_DEVICES: '',
    },
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
    throw new Error(`${options.library} ended without an answer:\n${said.trim()}`);
  }
  async function ask(texts: string[], vectors: boolean) {
    child.stdin.write(`${JSON.stringify({ texts, vectors })}\n`);
    return answerSchema.parse(await answer());
  }

  const { versions } = readySchema.parse(await answer());
  return {
    versions,
    time: async (texts) => (await ask(texts, false)).seconds,
    vectors: async (texts) => ((await ask(texts, true)).vectors ?? []).map(toVector),
    async close() {
      child.stdin.end();
      await ended;
    },
  };
}

function toVector(base64: string): Float32Array {
  const bytes = Buffer.from(base64, 'base64');
  return Float32Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(index * 4));
}
