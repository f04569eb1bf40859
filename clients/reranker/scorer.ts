/** The loaded cross-encoder on `@xenova/transformers`. Runs in a process of its own. */
import { AutoModelForSequenceClassification, AutoTokenizer, env, LogLevel, type Tensor } from '@xenova/transformers';
import { z } from 'zod';

const BATCH_SIZE = 8;

export type Scorer = (query: string, passages: string[]) => Promise<number[]>;

const configSchema = z.looseObject({ max_position_embeddings: z.int().positive().optional() });

/** Throws what the library says of files that it cannot read, and where the model does not score a pair of texts. */
export async function loadScorer(folder: string): Promise<Scorer> {
  env.allowRemoteModels = false;
  env.useFSCache = false;
  env.logLevel = LogLevel.NONE;
  const local = { local_files_only: true };
  const tokenizer = await AutoTokenizer.from_pretrained(folder, local);
  const model = await AutoModelForSequenceClassification.from_pretrained(folder, { ...local, dtype: 'fp32' });
  // Published tokenizers often leave their window open: the model's positions bound it too.
  const { max_position_embeddings: positions = 512 } = configSchema.parse({ ...model.config });

  function encode(query: string, passages: string[]) {
    const inputs = tokenizer(
      passages.map(() => query),
      { text_pair: passages, padding: true, truncation: true, max_length: positions },
    );
    endWithSeparator(inputs.input_ids, inputs.attention_mask, tokenizer.sep_token_id);
    return inputs;
  }
  /** A question of more than half the window would leave passages no room. */
  function shorten(query: string): string {
    const tokens = tokenizer.encode(query, { add_special_tokens: false });
    const most = Math.floor(positions / 2);
    return tokens.length <= most ? query : tokenizer.decode(tokens.slice(0, most), { skip_special_tokens: true });
  }

  const score: Scorer = async (asked, passages) => {
    const query = shorten(asked);
    const scores: number[] = [];
    for (let from = 0; from < passages.length; from += BATCH_SIZE) {
      const batch = passages.slice(from, from + BATCH_SIZE);
      const { logits } = (await model(encode(query, batch))) as { logits: Tensor };
      const outputs = logits.data.length / batch.length;
      if (outputs !== 1 && outputs !== 2) throw new Error(`the model has ${outputs} outputs, a cross-encoder 1 or 2`);
      // Models with two outputs tell "no" and "yes".
      batch.forEach((_, row) => scores.push(Number(logits.data[(row + 1) * outputs - 1])));
    }
    if (!scores.every(Number.isFinite)) throw new Error('the model gives scores that are no numbers');
    return scores;
  };
  await score('a question', ['a passage']);
  return score;
}

/** The library cuts off the last separator of what is too long; models were trained with it. */
function endWithSeparator(ids: Tensor, mask: Tensor, separator: number): void {
  const [rows = 0, width = 0] = ids.dims;
  for (let end = width - 1; end < rows * width; end += width) if (mask.data[end]) ids.data[end] = BigInt(separator);
}
