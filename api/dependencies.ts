/** Environment → clients, for the API. */
import { pino } from 'pino';
import { createDatabase } from '../clients/database/client.ts';
import { createLexiconStore } from '../clients/database/lexicon.ts';
import { createEmbedder } from '../clients/embedder/index.ts';
import { modelFolder } from '../clients/embedder/model-folder.ts';
import { createFfmpeg } from '../clients/ffmpeg/index.ts';
import { createBackendChoice } from '../clients/llm/choose.ts';
import { loadLexicon } from '../clients/lexicon-files.ts';
import { once } from '../clients/once.ts';
import { createIndex } from '../clients/qdrant/index.ts';
import { createReranker } from '../clients/reranker/index.ts';
import { createTemporal } from '../clients/temporal/connect.ts';
import { type Config, ConfigError } from '../contracts/config.ts';
import type { ApiDependencies } from './deps.ts';
import { createQueryVectors } from './search/query-vector.ts';

const MODEL_DIMENSION = 384;

/** Throws ConfigError. `close` ends the database's connections. */
export function createDependencies(config: Config, closing: AbortSignal): ApiDependencies & { close(): Promise<void> } {
  const { DATABASE_URL, QDRANT_URL, TEMPORAL_ADDRESS } = config;
  if (!DATABASE_URL || !QDRANT_URL || !TEMPORAL_ADDRESS) {
    throw new ConfigError([
      'DATABASE_URL, QDRANT_URL and TEMPORAL_ADDRESS: an API by itself needs all three; `npm start` starts local ones, an API and a worker.',
    ]);
  }
  const baseLexicon = loadLexicon(config.LEXICON_DIR);
  const database = createDatabase(DATABASE_URL);
  const lexiconStore = createLexiconStore(database, baseLexicon);
  const temporal = createTemporal({ ...config, TEMPORAL_ADDRESS });
  const backends = createBackendChoice(config);
  // On the CPU: a question is one short text, and the GPUs are the workers'.
  const queryVectors = createQueryVectors((model) =>
    createEmbedder({
      modelDir: modelFolder(config, model),
      model,
      device: 'cpu',
      deviceIndex: 0,
      precision: config.EMBEDDING_PRECISION === 'fp16' ? 'auto' : config.EMBEDDING_PRECISION,
      threads: 1,
    }),
  );
  const { RERANK_MODEL_DIR: rerankFolder } = config;
  const reranker = rerankFolder === undefined ? null : once(() => createReranker(rerankFolder));
  return {
    config,
    database,
    temporal,
    searchIndex: createIndex({
      url: QDRANT_URL,
      apiKey: config.QDRANT_API_KEY,
      model: config.EMBEDDING_MODEL,
      dimension: MODEL_DIMENSION,
    }),
    queryVectors,
    reranker: reranker && reranker.get,
    ffmpeg: createFfmpeg({ ffmpeg: config.FFMPEG, ffprobe: config.FFPROBE }),
    lexicon: lexiconStore.current,
    lexiconStore,
    async llmHealth() {
      const health = await backends.health();
      if (health === null) return { backend: 'offline', ok: true, detail: 'by configuration' };
      return { backend: 'ollama', ok: health.ok, detail: health.detail };
    },
    log: pino({ level: config.LOG_LEVEL, base: null, redact: ['*.authorization', '*.API_KEY'] }),
    closing,
    // Temporal's channel goes with the process: calls that the SDK still retries would throw on a closed one, uncaught.
    async close() {
      await queryVectors.close();
      await (await reranker?.opened())?.close();
      await database.$disconnect();
    },
  };
}
