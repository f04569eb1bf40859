/** What the served precision costs: likeness of vectors, and ranking of judged moments. */
import type { Embedder } from '../../clients/embedder/index.ts';
import type { Measure } from '../result.ts';
import { measured } from '../runner.ts';
import { loadCorpus } from '../search-quality/corpus.ts';
import { evaluateEmbedder } from '../search-quality/evaluate.ts';
import { quantile } from '../statistics.ts';
import { POLICY } from './texts.ts';

/** Of vectors of length 1, pair by pair. Throws when the sides differ in number or dimension. */
export function cosinesOf(ours: Float32Array[], theirs: Float32Array[]): number[] {
  return ours.map((vector, index) => {
    const other = theirs[index];
    if (ours.length !== theirs.length || other?.length !== vector.length)
      throw new Error(`The sides' vectors do not match in shape: text ${index}.`);
    return vector.reduce((sum, value, column) => sum + value * (other[column] ?? 0), 0);
  });
}

export function likeness(what: string, cosines: number[], goal?: { atLeast: number }): Measure[] {
  const mean = cosines.reduce((sum, cosine) => sum + cosine, 0) / cosines.length;
  return [
    measured(`cosine, ${what}: mean`, '', [mean], goal),
    measured(`cosine, ${what}: least`, '', [quantile(cosines, 0)]),
  ];
}

/** NDCG@10 of both, and what is lost, in percent of that of fp32 (less than 0: won). */
export async function rankingLoss(served: Embedder, fp32: Embedder): Promise<{ measures: Measure[]; note: string }> {
  const corpus = await loadCorpus();
  const of = async (embedder: Embedder) =>
    (await evaluateEmbedder({ embed: (texts) => embedder.embed(texts), policy: POLICY, corpus })).ndcg10;
  const [ours, reference] = [await of(served), await of(fp32)];
  const missing = corpus.missing.length === 0 ? '' : `; not there: ${corpus.missing.join(', ')}`;
  return {
    measures: [
      measured('NDCG@10: fp32', '', [reference]),
      measured(`NDCG@10: ${served.precision}`, '', [ours]),
      measured('NDCG@10 lost', '%', [100 * (1 - ours / reference)], { atMost: 0.5 }),
    ],
    note: `NDCG@10 is over ${corpus.queries.length} of ${corpus.judged} judged queries, exact search${missing}.`,
  };
}
