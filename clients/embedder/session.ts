/** The ONNX model on its device. */
import { existsSync, readdirSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { TapeworksError } from '../../contracts/errors.ts';
import { modelFileError } from './model-file-error.ts';

export type DeviceChoice = 'auto' | 'cpu' | 'cuda';
export type Device = 'cpu' | 'cuda';
export type ModelSession = {
  device: Device;
  /** Token vectors of one padded batch: `[batch × length × dimension]`, row after row. */
  run(batch: { ids: BigInt64Array; mask: BigInt64Array; size: number; length: number }): Promise<Float32Array>;
  close(): Promise<void>;
};

/** `auto` takes the GPU when ONNX Runtime can use one. Errors: `EMBEDDER_UNAVAILABLE`. */
export async function openSession(options: {
  modelDir: string;
  device: DeviceChoice;
  deviceIndex: number;
  threads: number;
}): Promise<ModelSession> {
  const file = path.join(options.modelDir, 'onnx', 'model.onnx');
  await access(file).catch((cause) => {
    throw modelFileError(file, cause);
  });
  const { device, deviceIndex, threads } = options;
  if (device === 'cpu' || (device === 'auto' && !hasCudaProvider())) return openOnCpu(file, threads);
  if (!hasCudaProvider()) throw noCuda(deviceIndex, 'this installation of onnxruntime-node has no CUDA provider');
  try {
    return wrap(await create(file, threads, { name: 'cuda', deviceId: deviceIndex }), 'cuda');
  } catch (cause) {
    if (device === 'auto') return openOnCpu(file, threads);
    throw noCuda(deviceIndex, 'ONNX Runtime cannot start it', cause);
  }
}

/** Asking for a provider that is not installed makes ONNX Runtime write errors to the terminal: so look first. */
function hasCudaProvider(): boolean {
  const binaries = path.join(
    path.dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json')),
    'bin',
  );
  const folders = readdirSync(binaries).map((version) => path.join(binaries, version, process.platform, process.arch));
  const names = ['libonnxruntime_providers_cuda.so', 'onnxruntime_providers_cuda.dll'];
  return folders.some((folder) => names.some((name) => existsSync(path.join(folder, name))));
}

const noCuda = (deviceIndex: number, why: string, cause?: unknown) =>
  new TapeworksError(
    'EMBEDDER_UNAVAILABLE',
    `CUDA device ${deviceIndex} cannot be used for embedding: ${why}.`,
    { device: 'cuda', deviceIndex },
    { cause },
  );

async function openOnCpu(file: string, threads: number): Promise<ModelSession> {
  try {
    return wrap(await create(file, threads, { name: 'cpu' }), 'cpu');
  } catch (cause) {
    throw modelFileError(file, cause);
  }
}

const create = (file: string, threads: number, provider: InferenceSession.ExecutionProviderConfig) =>
  InferenceSession.create(file, {
    executionProviders: [provider],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
  });

function wrap(session: InferenceSession, device: Device): ModelSession {
  return {
    device,
    async run({ ids, mask, size, length }) {
      const tensor = (data: BigInt64Array) => new Tensor('int64', data, [size, length]);
      const inputs = {
        input_ids: tensor(ids),
        attention_mask: tensor(mask),
        token_type_ids: tensor(new BigInt64Array(ids.length)),
      };
      const used = Object.fromEntries(Object.entries(inputs).filter(([name]) => session.inputNames.includes(name)));
      const output = (await session.run(used))[session.outputNames[0] ?? '']?.data;
      if (!(output instanceof Float32Array))
        throw new TapeworksError('EMBEDDER_UNAVAILABLE', 'The embedding model gives no float32 vectors.');
      return output;
    },
    close: () => session.release(),
  };
}
