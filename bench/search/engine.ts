/** The vector index as `npm start` has it, filled with vectors of one size after the other. */
import { setTimeout as sleep } from 'node:timers/promises';
import { QdrantClient } from '@qdrant/js-client-rest';
import { collectionName } from '../../contracts/names.ts';
import { type Build, createIndex, type IndexPoint } from '../../clients/qdrant/index.ts';
import { startQdrant } from '../../deploy/local/stack/qdrant.ts';

const MODEL = 'bench';
const POLL_MS = 500;

export type Engine = {
  /** Pushes vectors into a new build and waits until the engine has put them in order. Milliseconds of the pushing alone. */
  fill: (vectors: Float32Array[]) => Promise<number>;
  /** Milliseconds and positions of each query, asked one by one over HTTP as the product does. */
  search: (queries: Float32Array[], top: number) => Promise<{ ids: number[][]; milliseconds: number[] }>;
  close: () => Promise<void>;
};

export async function startEngine(options: {
  dataDir: string;
  dimension: number;
  quantizeAbove: number;
}): Promise<Engine> {
  const { child, url } = await startQdrant({ dataDir: options.dataDir, port: 0, log: () => {}, onStarted: () => {} });
  const { dimension } = options;
  const index = createIndex({ url, model: MODEL, dimension, quantizeAbove: options.quantizeAbove });
  const client = new QdrantClient({ url, checkCompatibility: false });
  let build: Build | null = null;

  async function settled(name: string): Promise<void> {
    while ((await client.getCollection(name)).status !== 'green') await sleep(POLL_MS);
  }

  return {
    async fill(vectors) {
      if (build) await index.drop(build);
      build = { model: MODEL, dimension, generation: (build?.generation ?? 0) + 1 };
      await index.create(build);
      const began = performance.now();
      await index.of(build).upsert('transcript', vectors.map(toPoint));
      const took = performance.now() - began;
      await index.of(build).quantizeWhenLarge();
      await settled(collectionName('transcript', MODEL, dimension, build.generation));
      return took;
    },
    async search(queries, top) {
      if (!build) throw new Error('There is nothing to search yet.');
      const ids: number[][] = [];
      const milliseconds: number[] = [];
      for (const vector of queries) {
        const began = performance.now();
        const found = await index
          .of(build)
          .search('transcript', { mode: 'dense', vector, topK: top, minSimilarity: -1 });
        milliseconds.push(performance.now() - began);
        ids.push(found.map(({ payload }) => payload.reference_id));
      }
      return { ids, milliseconds };
    },
    close: () => child.stop(),
  };
}

const toPoint = (vector: Float32Array, position: number): IndexPoint => ({
  id: `00000000-0000-4000-8000-${position.toString(16).padStart(12, '0')}`,
  vector,
  text: '',
  payload: {
    media_item_id: 1 + (position % 100),
    video_id: 'bench',
    reference_id: position,
    origin: 'pipeline',
    text: `moment ${position}`,
    start_ms: position,
    end_ms: position + 1,
    clip_id: null,
    keyword: [],
    category: [],
    confidence: null,
  },
});
