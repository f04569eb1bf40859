/** The ONNX model on its device: runs inside a process of `process.ts`. */
import { readFileSync } from 'node:fs';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Device } from '../../contracts/embeddings.ts';

export type SessionOptions = { file: string; device: Device; deviceIndex: number };
export type ModelSession = {
  /** Token vectors of windows of one length: `[size × length × dimension]`, row after row. `ids`: `[size × length]`. */
  run(batch: { ids: Int32Array; size: number; length: number }): Promise<Float32Array>;
  close(): Promise<void>;
};

/** Throws what ONNX Runtime throws. On a CPU it computes in the thread that calls. */
export async function openSession({ file, device, deviceIndex }: SessionOptions): Promise<ModelSession> {
  const session = await InferenceSession.create(file, {
    executionProviders: [device === 'cuda' ? { name: 'cuda', deviceId: deviceIndex } : { name: 'cpu' }],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
    logSeverityLevel: 4,
    ...(overflowsInInt8() ? { extra: { session: { x64quantprecision: '1' } } } : {}),
  });
  return {
    async run({ ids, size, length }) {
      const tensor = (data: BigInt64Array) => new Tensor('int64', data, [size, length]);
      const inputs = {
        input_ids: tensor(BigInt64Array.from(ids, BigInt)),
        attention_mask: tensor(new BigInt64Array(ids.length).fill(1n)),
        token_type_ids: tensor(new BigInt64Array(ids.length)),
      };
      const used = Object.fromEntries(Object.entries(inputs).filter(([name]) => session.inputNames.includes(name)));
      const output = (await session.run(used))[session.outputNames[0] ?? '']?.data;
      if (!(output instanceof Float32Array)) throw new Error('the model gives no float32 vectors');
      return output;
    },
    close: () => session.release(),
  };
}

/**
 * x64 CPUs without VNNI add pairs of int8 products in 16 bits, which overflows: ONNX Runtime has an exact way for them, at half the
 * speed. Where the system does not tell (only Linux does), the exact one is taken.
 */
function overflowsInInt8(): boolean {
  if (process.arch !== 'x64') return false;
  if (process.platform !== 'linux') return true;
  return !/\b(avx512_vnni|avx_vnni)\b/.test(readFileSync('/proc/cpuinfo', 'utf8'));
}
