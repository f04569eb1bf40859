/** Whether ONNX Runtime can use a GPU here. Asking it to try writes errors to the terminal: so its files are looked for. */
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

export function hasCudaProvider(): boolean {
  const folder = path.dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'));
  const libraries = ['libonnxruntime_providers_cuda.so', 'onnxruntime_providers_cuda.dll'];
  return readdirSync(path.join(folder, 'bin'))
    .map((version) => path.join(folder, 'bin', version, process.platform, process.arch))
    .some((binaries) => libraries.some((library) => existsSync(path.join(binaries, library))));
}
