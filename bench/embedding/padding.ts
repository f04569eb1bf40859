/** The share of padding in what each side computes: from the lengths of the texts and how it makes batches. */
import { equalLengthBatches } from '../../clients/embedder/batches.ts';

/** `tokens` of each text, special ones included; `chars` decide the order of sentence-transformers. */
export type Measured = { tokens: number; chars: number };

/** 0 to 1, of all positions computed. */
export const paddingShare = {
  ours: (texts: Measured[], budget: number) => {
    const windows = texts.map(({ tokens }, text) => ({ text, part: 0, ids: Array<number>(tokens).fill(0) }));
    return share(equalLengthBatches(windows, budget).map((batch) => batch.windows.map(({ ids }) => ids.length)));
  },
  /** The longest texts first, 32 a batch. */
  sentenceTransformers: (texts: Measured[]) =>
    share(
      inSteps(
        texts.toSorted((a, b) => b.chars - a.chars).map(({ tokens }) => tokens),
        32,
      ),
    ),
  /** As they come, 256 a batch. */
  fastembed: (texts: Measured[]) =>
    share(
      inSteps(
        texts.map(({ tokens }) => tokens),
        256,
      ),
    ),
};

const inSteps = (values: number[], size: number): number[][] =>
  Array.from({ length: Math.ceil(values.length / size) }, (_, index) => values.slice(index * size, (index + 1) * size));

function share(batches: number[][]): number {
  const real = batches.flat().reduce((sum, tokens) => sum + tokens, 0);
  const computed = batches.reduce((sum, batch) => sum + batch.length * Math.max(...batch), 0);
  return computed === 0 ? 0 : 1 - real / computed;
}
