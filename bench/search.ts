/** Search through HTTP against an exact scan by faiss in its own process: times and recall at 1k, 10k and 100k vectors. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseConfig } from '../contracts/config.ts';
import type { Bench, Comparison, Measure } from './result.ts';
import { compare, measured } from './runner.ts';
import { startEngine } from './search/engine.ts';
import { startFaiss } from './search/peer.ts';
import { prepareFaiss } from './search/prepare-faiss.ts';
import { clusteredVectors } from './search/vectors.ts';
import { quantile } from './statistics.ts';

const SIZES = [1_000, 10_000, 100_000];
const DIMENSION = 384;
const QUERIES = 200;
const TOP = 10;
const SEED = 7;
/** Of faiss: as many as the engine takes for a query. */
const THREADS = 1;
const P50_GOAL = { atMost: 5 };
const RECALL_GOAL = { atLeast: 0.99 };

export const search: Bench = {
  name: 'search',
  title: 'vector search through HTTP against an exact scan by faiss',
  async run(context) {
    const python = await prepareFaiss(context);
    const folder = await mkdtemp(path.join(tmpdir(), 'tapeworks-bench-search-'));
    context.onEnd(() => rm(folder, { recursive: true, force: true }));
    const faiss = await startFaiss({ python, threads: THREADS, folder });
    context.onEnd(faiss.close);
    const { QDRANT_QUANTIZE_ABOVE: quantizeAbove } = parseConfig({});
    const engine = await startEngine({ dataDir: folder, dimension: DIMENSION, quantizeAbove });
    context.onEnd(engine.close);
    const measures: Measure[] = [];
    const comparisons: Comparison[] = [];
    for (const size of SIZES) {
      const source = clusteredVectors(DIMENSION, SEED);
      const vectors = Array.from({ length: size }, source.next);
      const queries = Array.from({ length: QUERIES }, source.next);
      const name = `${size / 1_000}k`;
      await faiss.load(vectors);
      const pushed = await engine.fill(vectors);
      const exact = await faiss.search(queries, TOP);
      context.say(`${name}: loaded on both sides`);
      const [p99, recall]: [number[], number[]] = [[], []];
      const comparison = await compare(
        {
          name: 'ours, through HTTP',
          async measure() {
            const found = await engine.search(queries, TOP);
            p99.push(quantile(found.milliseconds, 0.99));
            recall.push(recallOf(exact.ids, found.ids));
            return quantile(found.milliseconds, 0.5);
          },
        },
        {
          name: 'faiss IndexFlatIP, in process',
          measure: async () => quantile((await faiss.search(queries, TOP)).milliseconds, 0.5),
        },
        { name: `${name}: p50`, unit: 'ms', better: 'lower', rounds: context.rounds, say: context.say },
      );
      // The warm-up round is no measurement.
      const kept = (values: number[]) => values.slice(-context.rounds);
      comparisons.push(comparison);
      measures.push(
        measured(`${name}: p50`, 'ms', comparison.a.rounds, P50_GOAL),
        measured(`${name}: p99`, 'ms', kept(p99)),
        measured(`${name}: recall@${TOP} against the exact scan`, '', kept(recall), RECALL_GOAL),
        measured(`${name}: points stored a second`, 'points/s', [size / (pushed / 1_000)]),
      );
    }
    await Promise.all([engine.close(), faiss.close()]);
    return {
      settings: {
        dimension: DIMENSION,
        queries: QUERIES,
        'top k': TOP,
        'int8 and rescoring from points': quantizeAbove,
        'threads a query': THREADS,
        ...faiss.versions,
      },
      measures,
      comparisons,
      notes: [
        'Ours: one query at a time from Node through HTTP to the embedded engine, payloads included, as the API asks. faiss: IndexFlatIP in its own process by its own clock, without any talking between processes.',
        'Vectors are drawn around 400 centres from a fixed seed; queries come from the same clouds.',
      ],
    };
  },
};

/** Share of the exact positions that were found, over all queries. */
function recallOf(exact: number[][], found: number[][]): number {
  const shares = exact.map((wanted, at) => {
    const got = new Set(found[at]);
    return wanted.filter((position) => got.has(position)).length / wanted.length;
  });
  return shares.reduce((sum, share) => sum + share, 0) / shares.length;
}
