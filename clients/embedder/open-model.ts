/** From what was asked for to a file, a device and processes; and how that choice is told. */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import type { Device, DeviceChoice, EmbeddingModel, Precision, PrecisionChoice } from '../../contracts/embeddings.ts';
import { TapeworksError } from '../../contracts/errors.ts';
import { cudaError, hasCudaProvider, NO_PROVIDER } from './device.ts';
import { modelFileError } from './model-file-error.ts';
import { ModelError } from './child.ts';
import { openPool, type Pool } from './pool.ts';

const FILES: Record<Precision, string> = {
  fp32: 'onnx/model.onnx',
  fp16: 'onnx/model_fp16.onnx',
  int8: 'onnx/model_int8.onnx',
};
/** The fastest that keeps likeness: measured in docs/decisions/0020. */
const BEST: Record<Device, Precision> = { cpu: 'int8', cuda: 'fp16' };
/** Each process holds the model, 200 MB or more; beyond this many a second worker is the better use of cores. */
const MOST_PROCESSES = 8;

export type ModelChoice = {
  modelDir: string;
  device: DeviceChoice;
  deviceIndex: number;
  precision: PrecisionChoice;
  threads?: number | undefined;
};
export type OpenedModel = { pool: Pool; device: Device; precision: Precision; note: string };

/** Errors: `EMBEDDER_UNAVAILABLE`, naming the file or the device and what to do. */
export async function openModel(choice: ModelChoice, model: EmbeddingModel): Promise<OpenedModel> {
  const { device, deviceIndex } = choice;
  if (device === 'cpu') return openOn('cpu', 'as configured', choice, model);
  const provider = hasCudaProvider();
  if (!provider && device === 'cuda') throw cudaError(deviceIndex, NO_PROVIDER);
  if (!provider) return openOn('cpu', `no GPU: ${NO_PROVIDER}`, choice, model);
  try {
    return await openOn('cuda', device === 'cuda' ? 'as configured' : 'a GPU was found', choice, model);
  } catch (cause) {
    // A missing file is no fault of the device: on the CPU it would be missing, too.
    if (!(cause instanceof ModelError)) throw cause;
    const said = cause.message.split('\n')[0] ?? '';
    if (device === 'cuda') throw cudaError(deviceIndex, `ONNX Runtime cannot start it (${said})`, cause);
    return openOn('cpu', `CUDA device ${deviceIndex} did not start (${said})`, choice, model);
  }
}

async function openOn(device: Device, why: string, choice: ModelChoice, model: EmbeddingModel): Promise<OpenedModel> {
  const { precision, reason } = choosePrecision(choice, device);
  const file = path.join(choice.modelDir, FILES[precision]);
  if (!existsSync(file)) throw modelFileError(file, Object.assign(new Error('absent'), { code: 'ENOENT' }));
  // One feeds a GPU; a CPU is used best by single-threaded sessions side by side.
  const size = device === 'cuda' ? 1 : (choice.threads ?? Math.min(availableParallelism(), MOST_PROCESSES));
  const options = {
    file,
    device,
    deviceIndex: choice.deviceIndex,
    dimension: model.dimension,
    pooling: model.pooling,
  };
  try {
    const pool = await openPool(options, size);
    const note = `${device} (${why}), ${precision} (${reason}), ${size} process${size === 1 ? '' : 'es'}`;
    return { pool, device, precision, note };
  } catch (cause) {
    if (!(cause instanceof ModelError)) {
      const said = cause instanceof Error ? cause.message : String(cause);
      throw new TapeworksError('EMBEDDER_UNAVAILABLE', `An embedding process did not start: ${said}.`, {}, { cause });
    }
    throw device === 'cpu' ? modelFileError(file, cause) : cause;
  }
}

function choosePrecision(
  { modelDir, precision }: ModelChoice,
  device: Device,
): { precision: Precision; reason: string } {
  const has = (wanted: Precision) => existsSync(path.join(modelDir, FILES[wanted]));
  const best = BEST[device];
  if (precision === 'auto') {
    if (has(best)) return { precision: best, reason: `fastest on ${device}` };
    return { precision: 'fp32', reason: `${path.basename(FILES[best])} is not in the model's folder` };
  }
  if (!has(precision) && precision !== 'fp32') throw noSuchPrecision(precision);
  return { precision, reason: 'as configured' };
}

const noSuchPrecision = (precision: Precision) =>
  new TapeworksError(
    'EMBEDDER_UNAVAILABLE',
    `EMBEDDING_PRECISION=${precision} needs ${FILES[precision]} in the model's folder. Set EMBEDDING_PRECISION to auto or fp32, or write it there with deploy/local/model/export_minilm.py.`,
    { precision, file: FILES[precision] },
  );
