/** A cross-encoder: reads question and passage together, and so orders a few candidates better than their vectors do. */
import { access } from 'node:fs/promises';
import path from 'node:path';
import { AutoModelForSequenceClassification, AutoTokenizer, env, type Tensor } from '@xenova/transformers';
import { TapeworksError } from '../../contracts/errors.ts';

/** Passages scored at once; the process answers others between two batches. */
const BATCH_SIZE = 8;

export type Reranker = {
  model: string;
  /** One score a passage, in their order; higher answers better. Only the order means something. */
  score(query: string, passages: string[]): Promise<number[]>;
  close(): Promise<void>;
};

/**
 * `modelDir` holds config.json, tokenizer.json, tokenizer_config.json and onnx/model.onnx of a model with one output, such as
 * ms-marco-MiniLM-L-6-v2. Nothing is fetched. Errors: `RERANKER_UNAVAILABLE` naming what is missing or damaged.
 */
export async function createReranker(modelDir: string): Promise<Reranker> {
  const folder = path.resolve(modelDir);
  for (const name of ['config.json', 'tokenizer.json', path.join('onnx', 'model.onnx')])
    await access(path.join(folder, name)).catch((cause: unknown) => {
      throw unavailable(`${name} is missing in the folder of the reranking model.`, cause);
    });
  env.allowRemoteModels = false;
  const options = { local_files_only: true };
  const load = async () => ({
    tokenizer: await AutoTokenizer.from_pretrained(folder, options),
    model: await AutoModelForSequenceClassification.from_pretrained(folder, { ...options, dtype: 'fp32' }),
  });
  const { tokenizer, model } = await load().catch((cause: unknown) => {
    throw unavailable(`The reranking model cannot be loaded: ${firstLine(cause, folder)}`, cause);
  });
  return {
    model: path.basename(folder),
    async score(query, passages) {
      const scores: number[] = [];
      for (let from = 0; from < passages.length; from += BATCH_SIZE) {
        const batch = passages.slice(from, from + BATCH_SIZE);
        const inputs = tokenizer(
          batch.map(() => query),
          { text_pair: batch, padding: true, truncation: true },
        );
        const { logits } = (await model(inputs)) as { logits: Tensor };
        const perPassage = logits.data.length / batch.length;
        // Models with two outputs tell "no" and "yes".
        batch.forEach((_, row) => scores.push(Number(logits.data[(row + 1) * perPassage - 1])));
      }
      return scores;
    },
    async close() {
      await model.dispose();
    },
  };
}

const unavailable = (message: string, cause: unknown) =>
  new TapeworksError('RERANKER_UNAVAILABLE', message, {}, { cause });

const firstLine = (cause: unknown, folder: string) =>
  (cause instanceof Error ? cause.message : String(cause)).split('\n')[0]?.replaceAll(folder, '') ?? '';
