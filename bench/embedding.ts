/** Our embedder against sentence-transformers: the same weights in fp32, the same texts, the same number of threads. */
import { createEmbedder } from '../clients/embedder/index.ts';
import { parseConfig } from '../contracts/config.ts';
import { modelDir } from '../deploy/local/setup/paths.mjs';
import { startPeer } from './embedding/peer.ts';
import { preparePeer } from './embedding/prepare-peer.ts';
import { cueTexts } from './embedding/texts.ts';
import type { Bench } from './result.ts';
import { compare, measured } from './runner.ts';
import { quantile } from './statistics.ts';

const THREADS = 2;
const SPEED_GOAL = { atLeast: 3 };
const COSINE_GOAL = { atLeast: 0.99 };

export const embedding: Bench = {
  name: 'embedding',
  title: 'our embedder against sentence-transformers',
  async run(context) {
    const prepared = await preparePeer(context);
    const texts = await cueTexts();
    const { EMBEDDING_MODEL: model } = parseConfig({});
    context.say(`${texts.length} texts; loading both sides`);
    const embedder = await createEmbedder({ modelDir, model, device: 'cpu', deviceIndex: 0, threads: THREADS });
    const peer = await startPeer({ ...prepared, threads: THREADS });
    context.onEnd(peer.close);
    try {
      const cosines = cosinesOf(await embedder.embed(texts), await peer.vectors(texts));
      const comparison = await compare(
        {
          name: 'ours (ONNX Runtime, fp32)',
          async measure() {
            const began = performance.now();
            await embedder.embed(texts);
            return texts.length / ((performance.now() - began) / 1_000);
          },
        },
        {
          name: 'sentence-transformers (PyTorch, fp32)',
          measure: async () => texts.length / (await peer.time(texts)),
        },
        {
          name: 'embedding',
          unit: 'sentences/s',
          better: 'higher',
          goal: SPEED_GOAL,
          rounds: context.rounds,
          // Getting the vectors above was the warm-up, of the same work.
          warmUps: 0,
          say: context.say,
        },
      );
      return {
        settings: {
          model,
          texts: texts.length,
          'characters a text (median)': quantile(
            texts.map(({ length }) => length),
            0.5,
          ),
          'threads a side': THREADS,
          ...peer.versions,
        },
        measures: [
          measured(
            "cosine between the sides' vectors: mean",
            '',
            [cosines.reduce((sum, cosine) => sum + cosine, 0) / cosines.length],
            COSINE_GOAL,
          ),
          measured("cosine between the sides' vectors: least", '', [quantile(cosines, 0)]),
        ],
        comparisons: [comparison],
        notes: [
          'Both sides hold the same weights, loaded once before; each embeds all texts in a round and times itself, tokenizing and pooling included, talking between processes not.',
          'sentence-transformers runs as it comes: `encode` with its batches of 32, sorted by length.',
        ],
      };
    } finally {
      await Promise.all([peer.close(), embedder.close()]);
    }
  },
};

/** Of vectors of length 1, pair by pair. Throws when the sides differ in number or dimension. */
function cosinesOf(ours: Float32Array[], theirs: Float32Array[]): number[] {
  return ours.map((vector, index) => {
    const other = theirs[index];
    if (ours.length !== theirs.length || other?.length !== vector.length)
      throw new Error(`The sides' vectors do not match in shape: text ${index}.`);
    return vector.reduce((sum, value, column) => sum + value * (other[column] ?? 0), 0);
  });
}
