/** Rankings by the product's own index client on the Qdrant engine, as a user's search has them. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createIndex, type SearchRequest, type VectorIndex } from '../../clients/qdrant/index.ts';
import { startQdrant } from '../../deploy/local/stack/qdrant.ts';
import type { BenchContext } from '../result.ts';
import { DEPTH, type TextChunk } from './evaluate.ts';
import type { Hit } from './ndcg.ts';

export const MODES = ['dense', 'bm25', 'hybrid'] as const satisfies SearchRequest['mode'][];
export type Mode = (typeof MODES)[number];
export type Query = { text: string; vector: Float32Array };

/** An engine of its own, in a folder that goes with it. */
export async function startIndex(
  { onEnd }: Pick<BenchContext, 'onEnd'>,
  model: { model: string; dimension: number },
): Promise<VectorIndex> {
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'tapeworks-bench-'));
  onEnd(() => rm(dataDir, { recursive: true, force: true }));
  const { url } = await startQdrant({ dataDir, port: 0, log: () => {}, onStarted: (child) => onEnd(child.stop) });
  return createIndex({ url, ...model });
}

/** Fills a build of its own, and gives the hits of each query by mode, best first. */
export async function rank(
  index: VectorIndex,
  generation: number,
  { chunks, vectors, queries }: { chunks: TextChunk[]; vectors: Float32Array[]; queries: Query[] },
): Promise<Record<Mode, Hit[][]>> {
  const build = { ...index.configured, generation };
  await index.create(build);
  const collections = index.of(build);
  const points = chunks.flatMap((chunk, position) => {
    const vector = vectors[position];
    return vector ? [toPoint(chunk, vector, position)] : [];
  });
  await collections.upsert('transcript', points);
  const inMode = async (mode: Mode): Promise<Hit[][]> => {
    const rankings: Hit[][] = [];
    for (const { text, vector } of queries) {
      const found = await collections.search('transcript', { mode, vector, text, topK: DEPTH, minSimilarity: -1 });
      rankings.push(found.flatMap(({ payload }) => chunks[payload.reference_id] ?? []));
    }
    return rankings;
  };
  const rankings = { dense: await inMode('dense'), bm25: await inMode('bm25'), hybrid: await inMode('hybrid') };
  await index.drop(build);
  return rankings;
}

/** Ids in the order of the chunks: nothing random goes in. */
const toPoint = ({ source, startMs, endMs, text }: TextChunk, vector: Float32Array, position: number) => ({
  id: `00000000-0000-4000-8000-${String(position).padStart(12, '0')}`,
  vector,
  text,
  payload: {
    media_item_id: 1,
    video_id: source,
    reference_id: position,
    origin: 'pipeline' as const,
    text,
    start_ms: startMs,
    end_ms: endMs,
    clip_id: null,
    keyword: [],
    category: [],
    confidence: null,
  },
});
