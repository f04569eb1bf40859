/** Sentence embedding with a local model, in processes of its own. The same text gives the same vector, whatever it is embedded with. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import {
  type Device,
  type DeviceChoice,
  EMBEDDING_MODEL_NAMES,
  EMBEDDING_MODELS,
  type EmbeddingModel,
  isEmbeddingModel,
  type Precision,
} from '../../contracts/embeddings.ts';
import { TapeworksError } from '../../contracts/errors.ts';
import { throwIfCancelled } from '../cancelled.ts';
import { embedTexts } from './embed-texts.ts';
import { modelFileError } from './model-file-error.ts';
import { openModel } from './open-model.ts';
import { loadTokenizer } from './tokens.ts';

/** Tokens of a batch: on a CPU as many as its cache holds, on a GPU enough to fill it. */
const BUDGET: Record<Device, number> = { cpu: 256, cuda: 16_384 };

export type { Precision } from '../../contracts/embeddings.ts';
export type EmbedderOptions = {
  /** Folder with tokenizer.json, config.json and onnx/: model.onnx, and model_int8.onnx or model_fp16.onnx where wanted. */
  modelDir: string;
  /** One of EMBEDDING_MODELS. */
  model: string;
  device: DeviceChoice;
  deviceIndex: number;
  precision: Precision | 'auto';
  /** Processes that compute on the CPU, one thread and one copy of the model each; unset: one a core, 8 at most. */
  threads?: number;
};
export type EmbedOptions = {
  signal?: AbortSignal | undefined;
  /** What the texts are for; models may put another prefix before each. */
  kind?: 'query' | 'passage';
  /** After each batch: texts done, of how many different ones. */
  onBatch?: ((progress: { done: number; total: number }) => void) | undefined;
};
export type Embedder = {
  model: string;
  dimension: number;
  /** Where it really runs. */
  device: Device;
  precision: Precision;
  /** Which device, precision and number of processes were taken and why: one line. */
  note: string;
  /**
   * Vectors of length 1 in the order of `texts`. Errors: `INVALID_INPUT` (a text without words), `CANCELLED` between batches,
   * `EMBEDDER_UNAVAILABLE` (a process broke off; the next call works again).
   */
  embed(texts: string[], options?: EmbedOptions): Promise<Float32Array[]>;
  /** Waits for batches under way. */
  close(): Promise<void>;
};

/** Loads the model. Errors: `INVALID_INPUT` (unknown model), `EMBEDDER_UNAVAILABLE` naming the damaged file or the missing device. */
export async function createEmbedder(options: EmbedderOptions): Promise<Embedder> {
  const { modelDir, model: name } = options;
  const model = modelOf(name);
  const tokenizer = await loadTokenizer(modelDir, model.maxTokens);
  await checkDimension(modelDir, model);
  const { pool, device, precision, note } = await openModel(options, model);
  return {
    model: name,
    dimension: model.dimension,
    device,
    precision,
    note: `${name} on ${note}`,
    close: () => pool.close(),
    async embed(texts, { signal, onBatch, kind = 'passage' } = {}) {
      throwIfCancelled('Embedding', signal);
      texts.forEach(refuseEmpty);
      const different = [...new Set(texts.map((text) => model.prefix[kind] + text))];
      const { dimension } = model;
      const work = { tokenizer, pool, dimension, budget: BUDGET[device], signal, onBatch };
      const vectors = await embedTexts(different, work);
      const byText = new Map(different.map((text, index) => [text, vectors[index]]));
      return texts.map((text) => Float32Array.from(byText.get(model.prefix[kind] + text) ?? []));
    },
  };
}

function modelOf(name: string): EmbeddingModel {
  if (isEmbeddingModel(name)) return EMBEDDING_MODELS[name];
  throw new TapeworksError(
    'INVALID_INPUT',
    `EMBEDDING_MODEL: "${name}" is none of ${EMBEDDING_MODEL_NAMES.join(', ')}.`,
    {
      model: name,
    },
  );
}

function refuseEmpty(text: string, index: number): void {
  if (text.trim() === '') throw new TapeworksError('INVALID_INPUT', `Text ${index} to embed is empty.`, { index });
}

async function checkDimension(modelDir: string, { dimension, maxTokens }: EmbeddingModel): Promise<void> {
  const file = path.join(modelDir, 'config.json');
  const schema = z.object({
    hidden_size: z.literal(dimension),
    max_position_embeddings: z.int().min(maxTokens).optional(),
  });
  try {
    schema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (cause) {
    throw modelFileError(file, cause);
  }
}
