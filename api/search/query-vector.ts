/** The vector of a question, by the model that the live index was made with. */
import type { Embedder } from '../../clients/embedder/index.ts';

/** People ask the same again, page by page. */
const REMEMBERED = 1_000;

export type QueryVectors = {
  /** Loads the model at its first use. Errors: `EMBEDDER_UNAVAILABLE`. */
  embedder(model: string): Promise<Embedder>;
  vector(model: string, text: string): Promise<Float32Array>;
  close(): Promise<void>;
};

/** `open` makes an embedder for a model; a failed opening is tried again at the next question. */
export function createQueryVectors(open: (model: string) => Promise<Embedder>): QueryVectors {
  const opened = new Map<string, Promise<Embedder>>();
  const known = new Map<string, Float32Array>();
  const embedder = (model: string) => {
    const opening =
      opened.get(model) ??
      open(model).catch((error: unknown) => {
        opened.delete(model);
        throw error;
      });
    opened.set(model, opening);
    return opening;
  };
  return {
    embedder,
    async vector(model, text) {
      const key = `${model}\n${text}`;
      const vector = known.get(key) ?? (await (await embedder(model)).embed([text], { kind: 'query' }))[0];
      if (!vector) throw new Error('The embedder gave no vector.');
      // Asked again, it counts as new; the one not asked for longest is forgotten.
      known.delete(key);
      known.set(key, vector);
      if (known.size > REMEMBERED) known.delete(known.keys().next().value ?? '');
      return vector;
    },
    async close() {
      // Where opening failed there is nothing to close; who asked has been told.
      const embedders = await Promise.allSettled(opened.values());
      for (const embedder of embedders) if (embedder.status === 'fulfilled') await embedder.value.close();
    },
  };
}
