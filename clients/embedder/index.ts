/** Sentence embedding with a local model: fp32, so that a text's vector does not depend on what it was embedded with. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { TapeworksError } from '../../contracts/errors.ts';
import { cancelledError, throwIfCancelled } from '../cancelled.ts';
import { modelFileError } from './model-file-error.ts';
import { joinWindows, meanPool } from './pooling.ts';
import { type Device, type DeviceChoice, type ModelSession, openSession } from './session.ts';
import { loadTokenizer, type Tokenizer } from './tokens.ts';

/** Small, since rows are padded to the batch's longest and the process answers between batches. */
const BATCH_SIZE = 8;

export type EmbedderOptions = {
  /** Folder with tokenizer.json, config.json and onnx/model.onnx. */
  modelDir: string;
  model: string;
  device: DeviceChoice;
  deviceIndex: number;
  /** Threads of one batch; 2 unless given. */
  threads?: number;
};
export type EmbedOptions = {
  signal?: AbortSignal | undefined;
  /** After each batch: windows of text done, of how many (a text of up to 254 tokens is one window). */
  onBatch?: ((progress: { done: number; total: number }) => void) | undefined;
};
export type Embedder = {
  model: string;
  dimension: number;
  /** Where it really runs. */
  device: Device;
  /** Vectors of length 1 in the order of `texts`. Errors: `INVALID_INPUT` (a text without words), `CANCELLED` between batches. */
  embed(texts: string[], options?: EmbedOptions): Promise<Float32Array[]>;
  close(): Promise<void>;
};

type Window = { text: number; ids: number[] };

/** Loads the model. Errors: `EMBEDDER_UNAVAILABLE` naming the damaged file or the missing device. */
export async function createEmbedder(options: EmbedderOptions): Promise<Embedder> {
  const { modelDir, model, device, deviceIndex, threads = 2 } = options;
  const tokenizer = await loadTokenizer(modelDir);
  const dimension = await readDimension(modelDir);
  const session = await openSession({ modelDir, device, deviceIndex, threads });
  return {
    model,
    dimension,
    device: session.device,
    close: () => session.close(),
    async embed(texts, { signal, onBatch } = {}) {
      throwIfCancelled('Embedding', signal);
      texts.forEach(refuseEmpty);
      const different = [...new Set(texts)];
      const vectors = await embedDifferent(different, { tokenizer, session, dimension, signal, onBatch });
      const byText = new Map(different.map((text, index) => [text, vectors[index]]));
      return texts.map((text) => Float32Array.from(byText.get(text) ?? []));
    },
  };
}

async function embedDifferent(
  texts: string[],
  {
    tokenizer,
    session,
    dimension,
    signal,
    onBatch,
  }: EmbedOptions & { tokenizer: Tokenizer; session: ModelSession; dimension: number },
): Promise<Float32Array[]> {
  const windows = texts.flatMap((text, index) => tokenizer.windows(text).map((ids): Window => ({ text: index, ids })));
  windows.sort((a, b) => a.ids.length - b.ids.length);
  const found: { vector: Float32Array; tokens: number }[][] = texts.map(() => []);
  for (let from = 0; from < windows.length; from += BATCH_SIZE) {
    if (signal?.aborted) throw cancelledError('Embedding', signal);
    const batch = windows.slice(from, from + BATCH_SIZE);
    const length = batch.at(-1)?.ids.length ?? 0;
    const output = await session.run(padded(batch, length, tokenizer.padId));
    batch.forEach(({ text, ids }, row) => {
      found[text]?.push({
        vector: meanPool(output, row * length * dimension, ids.length, dimension),
        tokens: ids.length,
      });
    });
    onBatch?.({ done: from + batch.length, total: windows.length });
  }
  return found.map(joinWindows);
}

function padded(batch: Window[], length: number, padId: number) {
  const ids = new BigInt64Array(batch.length * length).fill(BigInt(padId));
  const mask = new BigInt64Array(batch.length * length);
  batch.forEach((window, row) => {
    window.ids.forEach((id, column) => {
      ids[row * length + column] = BigInt(id);
      mask[row * length + column] = 1n;
    });
  });
  return { ids, mask, size: batch.length, length };
}

function refuseEmpty(text: string, index: number): void {
  if (text.trim() === '') throw new TapeworksError('INVALID_INPUT', `Text ${index} to embed is empty.`, { index });
}

async function readDimension(modelDir: string): Promise<number> {
  const file = path.join(modelDir, 'config.json');
  try {
    return z.object({ hidden_size: z.int().min(1) }).parse(JSON.parse(await readFile(file, 'utf8'))).hidden_size;
  } catch (cause) {
    throw modelFileError(file, cause);
  }
}
