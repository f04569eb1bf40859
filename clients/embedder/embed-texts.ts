/** Texts to vectors: tokenized a block ahead of what is computed, in batches without padding. */
import { cancelledError } from '../cancelled.ts';
import { type Batch, equalLengthBatches, type Window } from './batches.ts';
import { joinWindows } from './pooling.ts';
import type { Pool } from './pool.ts';
import { nextTurn, type Tokenizer } from './tokens.ts';

/** Texts sorted together: the more, the more of one length there are. */
const BLOCK = 1_024;
/** Texts tokenized before others get their turn. */
const SLICE = 16;

export type EmbedWork = {
  tokenizer: Tokenizer;
  pool: Pool;
  dimension: number;
  /** Most tokens in a batch. */
  budget: number;
  signal?: AbortSignal | undefined;
  onBatch?: ((progress: { done: number; total: number }) => void) | undefined;
};
/** `windows` by their order in the text, whenever they come: sums depend on it. */
type Found = { left: number; windows: { vector: Float32Array; tokens: number }[] };

/** Vectors in the order of `texts`, which differ from each other. Errors: of the pool, and `CANCELLED`. */
export async function embedTexts(texts: string[], work: EmbedWork): Promise<Float32Array[]> {
  const { pool, signal, onBatch } = work;
  const found: Found[] = texts.map(() => ({ left: 0, windows: [] }));
  const running = new Set<Promise<void>>();
  const failures: unknown[] = [];
  let done = 0;
  const compute = async (batch: Batch) => {
    try {
      const complete = await runBatch(batch, found, work);
      done += complete;
      if (!signal?.aborted) onBatch?.({ done, total: texts.length });
    } catch (error) {
      failures.push(error);
    }
  };
  const check = () => {
    if (failures.length > 0) throw failures[0];
    if (signal?.aborted) throw cancelledError('Embedding', signal);
  };

  let block = tokenizeBlock(texts, 0, work);
  try {
    for (let from = 0; from < texts.length; from += BLOCK) {
      const windows = (await block).unwrap();
      for (const { text } of windows) (found[text] as Found).left += 1;
      block = tokenizeBlock(texts, from + BLOCK, work);
      for (const batch of equalLengthBatches(windows, work.budget)) {
        // Two a process: one is computed, one waits. Not more, so that another caller's question gets its turn soon.
        while (running.size >= 2 * pool.size) await Promise.race(running);
        check();
        const run: Promise<void> = compute(batch).finally(() => running.delete(run));
        running.add(run);
      }
    }
  } finally {
    await Promise.all([...running, block]);
  }
  check();
  return found.map(({ windows }) => joinWindows(windows));
}

/** Number of texts that are complete by it. */
async function runBatch({ length, windows }: Batch, found: Found[], { pool, dimension }: EmbedWork): Promise<number> {
  const ids = new Int32Array(windows.length * length);
  windows.forEach((window, row) => ids.set(window.ids, row * length));
  const vectors = await pool.run({ ids, size: windows.length, length });
  let complete = 0;
  for (const [row, window] of windows.entries()) {
    const text = found[window.text] as Found;
    text.windows[window.part] = { vector: vectors.slice(row * dimension, (row + 1) * dimension), tokens: length };
    text.left -= 1;
    if (text.left === 0) complete += 1;
  }
  return complete;
}

/** Never rejects: it runs ahead, when nobody listens yet. A cancelled one ends early; whoever unwraps it checks the signal. */
async function tokenizeBlock(texts: string[], from: number, { tokenizer, signal }: EmbedWork) {
  const windows: Window[] = [];
  try {
    const end = Math.min(from + BLOCK, texts.length);
    for (let text = from; text < end && !signal?.aborted; text += 1) {
      for (const [part, ids] of (await tokenizer.windows(texts[text] ?? '')).entries())
        windows.push({ text, part, ids });
      if (text % SLICE === SLICE - 1) await nextTurn();
    }
  } catch (error) {
    return {
      unwrap: (): Window[] => {
        throw error;
      },
    };
  }
  return { unwrap: () => windows };
}
