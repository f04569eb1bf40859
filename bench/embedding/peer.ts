/** A reference library as a process. */
import { z } from 'zod';
import { fromRoot } from '../../deploy/local/setup/paths.mjs';
import { startLineProcess } from '../line-process.ts';

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
  const { ready, ask, close } = await startLineProcess({
    name: options.library,
    command: options.python,
    args: ['-B', fromRoot('bench/embedding', script), ...given],
    environment: {
      HF_HUB_OFFLINE: '1',
      TOKENIZERS_PARALLELISM: 'false',
      OMP_NUM_THREADS: threads,
      MKL_NUM_THREADS: threads,
      CUDA_VISIBLE_DEVICES: '',
    },
  });
  const embed = async (texts: string[], vectors: boolean) => answerSchema.parse(await ask({ texts, vectors }));
  const { versions } = readySchema.parse(ready);
  return {
    versions,
    time: async (texts) => (await embed(texts, false)).seconds,
    vectors: async (texts) => ((await embed(texts, true)).vectors ?? []).map(toVector),
    close,
  };
}

function toVector(base64: string): Float32Array {
  const bytes = Buffer.from(base64, 'base64');
  return Float32Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(index * 4));
}
