/** What the embedder's tests share: the prepared model, one with random weights, texts. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { fromRoot, modelDir as preparedDir, venvPython } from '../../deploy/local/setup/paths.mjs';

export const model = 'all-MiniLM-L6-v2';
export const modelDir = process.env.EMBEDDING_MODEL_DIR || preparedDir;
export const cpu = { modelDir, model, device: 'cpu', deviceIndex: 0 } as const;

/** A folder as set-up makes it, of a model with random weights. */
export async function writeRandomModel(target: string): Promise<void> {
  const script = fromRoot('tests/clients/embedder_random_model.py');
  await promisify(execFile)(venvPython, ['-B', script, path.resolve(modelDir), target]);
}

const words = 'buy sell stop target trend candle volume average price market close open'.split(' ');
export const sentence = (length: number, from = 0) =>
  Array.from({ length }, (_, index) => words[(from + index * 5) % words.length]).join(' ');
export const cosine = (a: Float32Array, b: Float32Array) =>
  a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
export const caught = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error) => error,
  );
