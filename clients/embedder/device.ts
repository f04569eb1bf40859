/** Whether embedding can run on a GPU here. */
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { TapeworksError } from '../../contracts/errors.ts';

/** Asking for a provider that is not installed makes ONNX Runtime write errors to the terminal: so look first. */
export function hasCudaProvider(): boolean {
  const binaries = path.join(
    path.dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json')),
    'bin',
  );
  const folders = readdirSync(binaries).map((version) => path.join(binaries, version, process.platform, process.arch));
  const names = ['libonnxruntime_providers_cuda.so', 'onnxruntime_providers_cuda.dll'];
  return folders.some((folder) => names.some((name) => existsSync(path.join(folder, name))));
}

export const NO_PROVIDER = 'this installation of onnxruntime-node has no CUDA provider';

/** `cuda` was asked for and cannot be had. */
export const cudaError = (deviceIndex: number, why: string, cause?: unknown) =>
  new TapeworksError(
    'EMBEDDER_UNAVAILABLE',
    `CUDA device ${deviceIndex} cannot be used for embedding: ${why}. Set EMBEDDING_DEVICE to auto or cpu, or run where there is a GPU and the CUDA provider of ONNX Runtime.`,
    { device: 'cuda', deviceIndex },
    { cause },
  );
