/** What finds the judged moments best: how a transcript is cut for the index, and how the index is asked. */
import { createEmbedder } from '../clients/embedder/index.ts';
import { parseConfig } from '../contracts/config.ts';
import type { ChunkSettings } from '../contracts/transcripts.ts';
import { modelDir } from '../deploy/local/setup/paths.mjs';
import type { Bench, Measure } from './result.ts';
import { bootstrap, meanAt } from './search-quality/bootstrap.ts';
import { loadCorpus } from './search-quality/corpus.ts';
import { MODES, type Mode, rank, startIndex } from './search-quality/engine-search.ts';
import { chunksOf, qualityOf } from './search-quality/evaluate.ts';

const window = (windowMs: number, overlapMs: number): ChunkSettings => ({ policy: 'window', windowMs, overlapMs });
const POLICIES: ChunkSettings[] = [
  { ...window(30_000, 10_000), policy: 'cue' },
  { ...window(30_000, 10_000), policy: 'sentence' },
  window(20_000, 5_000),
  window(30_000, 10_000),
  window(45_000, 15_000),
];

type Variant = { name: string; mode: Mode; ndcg10: number; perQuery: number[] };

export const searchQuality: Bench = {
  name: 'search-quality',
  title: 'NDCG@10 of chunking policies and search modes on judged moments',
  async run(context) {
    const corpus = await loadCorpus();
    const texts = corpus.queries.map(({ query }) => query);
    const { EMBEDDING_MODEL: model } = parseConfig({});
    const embedder = await createEmbedder({ modelDir, model, device: 'cpu', deviceIndex: 0, precision: 'fp32' });
    try {
      const index = await startIndex(context, { model, dimension: embedder.dimension });
      const queryVectors = await embedder.embed(texts, { kind: 'query' });
      const queries = queryVectors.map((vector, position) => ({ text: texts[position] ?? '', vector }));
      const variants: Variant[] = [];
      for (const [generation, policy] of POLICIES.entries()) {
        const chunks = chunksOf(corpus, policy);
        const vectors = await embedder.embed(chunks.map(({ text }) => text));
        const rankings = await rank(index, generation, { chunks, vectors, queries });
        for (const mode of MODES) {
          const name = `${describe(policy)}, ${chunks.length} chunks: ${mode}`;
          variants.push({ name, mode, ...qualityOf(corpus, rankings[mode]) });
          context.say(`${name} ${variants.at(-1)?.ndcg10.toFixed(4)}`);
        }
      }
      const best = variants.reduce((a, b) => (b.ndcg10 > a.ndcg10 ? b : a));
      return {
        settings: {
          model,
          precision: 'fp32',
          sources: `${corpus.sources.length} of ${corpus.sources.length + corpus.missing.length}`,
          queries: `${corpus.queries.length} of ${corpus.judged}`,
          'judged moments': corpus.queries.reduce((sum, { moments }) => sum + moments.length, 0),
        },
        measures: [
          ...variants.map(toMeasure),
          ...variants.filter((one) => one !== best).map((one) => apart(one, best)),
        ],
        comparisons: [],
        notes: [
          'One run, as no figure is a time. The spread is the 95 % bootstrap interval over the queries, paired where two variants are compared.',
          `The best is ${best.name}. Another variant is worse beyond chance where its interval of "× the best" ends below 1.`,
          'All modes run on the Qdrant engine through the index client of the product: its BM25, its rank fusion. How a hit is credited: search-quality/README.md.',
          ...(corpus.missing.length > 0
            ? [`Not searched, as not found: ${corpus.missing.join(', ')}. BENCH_TRANSCRIPTS names the folder.`]
            : []),
        ],
      };
    } finally {
      await embedder.close();
    }
  },
};

const describe = ({ policy, windowMs, overlapMs }: ChunkSettings) =>
  policy === 'window' ? `window ${windowMs / 1_000} s, overlap ${overlapMs / 1_000} s` : policy;

function toMeasure({ name, ndcg10, perQuery }: Variant): Measure {
  const { low, high } = bootstrap(perQuery.length, (sample) => meanAt(perQuery, sample));
  return { name, unit: 'NDCG@10', rounds: [ndcg10], median: ndcg10, min: low, max: high };
}

function apart({ name, ndcg10, perQuery }: Variant, best: Variant): Measure {
  const ratio = ndcg10 / best.ndcg10;
  const { low, high } = bootstrap(
    perQuery.length,
    (sample) => meanAt(perQuery, sample) / meanAt(best.perQuery, sample),
  );
  return { name, unit: '× the best', rounds: [ratio], median: ratio, min: low, max: high };
}
