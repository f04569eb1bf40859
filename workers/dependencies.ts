/** Environment → clients. The only place, beside api/main.ts, where clients are made. */
import { createDatabase } from '../clients/database/client.ts';
import { createEmbedder, type Embedder } from '../clients/embedder/index.ts';
import { createFfmpeg } from '../clients/ffmpeg/index.ts';
import { createLlm } from '../clients/llm/llm.ts';
import { createOcr } from '../clients/ocr/index.ts';
import { createIndex, type VectorIndex } from '../clients/qdrant/index.ts';
import type { Dependencies } from '../activities/index.ts';
import { type Config, ConfigError } from '../contracts/config.ts';
import { LEXICON } from '../domain/keywords/lexicon.ts';

const MODEL_DIMENSION = 384;

export function createDependencies(config: Config): Dependencies & { close(): Promise<void> } {
  const { DATABASE_URL, QDRANT_URL } = config;
  if (!DATABASE_URL || !QDRANT_URL) {
    throw new ConfigError([
      'DATABASE_URL and QDRANT_URL: a worker by itself needs both; `npm start` starts local ones and a worker.',
    ]);
  }
  const database = createDatabase(DATABASE_URL);
  const embedder = once<Embedder>(() =>
    createEmbedder({
      modelDir: config.EMBEDDING_MODEL_DIR ?? `.tools/model/${config.EMBEDDING_MODEL}`,
      model: config.EMBEDDING_MODEL,
      device: config.EMBEDDING_DEVICE,
      deviceIndex: config.EMBEDDING_DEVICE_INDEX,
    }),
  );
  const searchIndex = once<VectorIndex>(async () => {
    const index = createIndex({
      url: QDRANT_URL,
      apiKey: config.QDRANT_API_KEY,
      model: config.EMBEDDING_MODEL,
      dimension: MODEL_DIMENSION,
    });
    await index.ensureCollections();
    return index;
  });
  return {
    config,
    database,
    lexicon: LEXICON,
    ffmpeg: createFfmpeg({ ffmpeg: config.FFMPEG, ffprobe: config.FFPROBE }),
    ocr: createOcr({ tesseract: config.TESSERACT }),
    embedder: embedder.get,
    searchIndex: searchIndex.get,
    llm: createLlm(config, database),
    async close() {
      await (await embedder.opened())?.close();
      await database.$disconnect();
    },
  };
}

/** Opens at the first use; a failed opening is tried again at the next. */
function once<Thing>(open: () => Promise<Thing>) {
  let opened: Promise<Thing> | null = null;
  return {
    get: () => {
      opened ??= open().catch((error: unknown) => {
        opened = null;
        throw error;
      });
      return opened;
    },
    opened: async () => (opened === null ? null : await opened),
  };
}
