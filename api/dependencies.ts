/** Environment → clients, for the API. */
import { pino } from 'pino';
import { createDatabase } from '../clients/database/client.ts';
import { createFfmpeg } from '../clients/ffmpeg/index.ts';
import { createBackendChoice } from '../clients/llm/choose.ts';
import { createIndex } from '../clients/qdrant/index.ts';
import { createTemporal } from '../clients/temporal/connect.ts';
import { type Config, ConfigError } from '../contracts/config.ts';
import { LEXICON } from '../domain/keywords/lexicon.ts';
import type { ApiDependencies } from './deps.ts';

const MODEL_DIMENSION = 384;

/** Throws ConfigError. `close` ends the database's connections. */
export function createDependencies(config: Config, closing: AbortSignal): ApiDependencies & { close(): Promise<void> } {
  const { DATABASE_URL, QDRANT_URL, TEMPORAL_ADDRESS } = config;
  if (!DATABASE_URL || !QDRANT_URL || !TEMPORAL_ADDRESS) {
    throw new ConfigError([
      'DATABASE_URL, QDRANT_URL and TEMPORAL_ADDRESS: an API by itself needs all three; `npm start` starts local ones, an API and a worker.',
    ]);
  }
  const database = createDatabase(DATABASE_URL);
  const temporal = createTemporal({ ...config, TEMPORAL_ADDRESS });
  const backends = createBackendChoice(config);
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
    ffmpeg: createFfmpeg({ ffmpeg: config.FFMPEG, ffprobe: config.FFPROBE }),
    lexicon: LEXICON,
    async llmHealth() {
      const health = await backends.health();
      if (health === null) return { backend: 'offline', ok: true, detail: 'by configuration' };
      return { backend: 'ollama', ok: health.ok, detail: health.detail };
    },
    log: pino({ level: config.LOG_LEVEL, base: null, redact: ['*.authorization', '*.API_KEY'] }),
    closing,
    // Temporal's channel goes with the process: calls that the SDK still retries would throw on a closed one, uncaught.
    close: () => database.$disconnect(),
  };
}
