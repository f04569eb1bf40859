/** Environment → clients. The only place, beside api/main.ts, where clients are made. */
import { createDatabase } from '../clients/database/client.ts';
import { createLexiconStore } from '../clients/database/lexicon.ts';
import { openIndex } from '../clients/database/index-builds.ts';
import { createEmbedder, type Embedder } from '../clients/embedder/index.ts';
import { modelFolder } from '../clients/embedder/model-folder.ts';
import { createFfmpeg } from '../clients/ffmpeg/index.ts';
import { loadLexicon } from '../clients/lexicon-files.ts';
import { createLlm } from '../clients/llm/llm.ts';
import { createOcr } from '../clients/ocr/index.ts';
import { once } from '../clients/once.ts';
import { createIndex, type VectorIndex } from '../clients/qdrant/index.ts';
import { createSpeech, noSpeechModel, type Speech } from '../clients/speech/index.ts';
import type { Dependencies } from '../activities/index.ts';
import { type Config, ConfigError } from '../contracts/config.ts';

const MODEL_DIMENSION = 384;

export function createDependencies(config: Config): Dependencies & { close(): Promise<void> } {
  const { DATABASE_URL, QDRANT_URL } = config;
  if (!DATABASE_URL || !QDRANT_URL) {
    throw new ConfigError([
      'DATABASE_URL and QDRANT_URL: a worker by itself needs both; `npm start` starts local ones and a worker.',
    ]);
  }
  const baseLexicon = loadLexicon(config.LEXICON_DIR);
  const database = createDatabase(DATABASE_URL);
  const embedder = once<Embedder>(() =>
    createEmbedder({
      modelDir: modelFolder(config),
      model: config.EMBEDDING_MODEL,
      device: config.EMBEDDING_DEVICE,
      deviceIndex: config.EMBEDDING_DEVICE_INDEX,
      precision: config.EMBEDDING_PRECISION,
      ...(config.EMBEDDING_THREADS === undefined ? {} : { threads: config.EMBEDDING_THREADS }),
    }),
  );
  const speech = once<Speech>(async () => {
    if (!config.SPEECH_MODEL_DIR) throw noSpeechModel();
    return createSpeech({
      modelDir: config.SPEECH_MODEL_DIR,
      device: config.EMBEDDING_DEVICE,
      deviceIndex: config.EMBEDDING_DEVICE_INDEX,
      language: config.SPEECH_LANGUAGE,
    });
  });
  const searchIndex = once<VectorIndex>(async () => {
    const index = createIndex({
      url: QDRANT_URL,
      apiKey: config.QDRANT_API_KEY,
      model: config.EMBEDDING_MODEL,
      dimension: MODEL_DIMENSION,
      quantizeAbove: config.QDRANT_QUANTIZE_ABOVE,
    });
    await openIndex(database, index);
    return index;
  });
  return {
    config,
    database,
    lexicon: createLexiconStore(database, baseLexicon).current,
    ffmpeg: createFfmpeg({ ffmpeg: config.FFMPEG, ffprobe: config.FFPROBE }),
    ocr: createOcr({ tesseract: config.TESSERACT }),
    speech: speech.get,
    embedder: embedder.get,
    searchIndex: searchIndex.get,
    llm: createLlm(config, database),
    async close() {
      await (await embedder.opened())?.close();
      await (await speech.opened())?.close();
      await database.$disconnect();
    },
  };
}
