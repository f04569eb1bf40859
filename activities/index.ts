/** All activities, made from clients. Grouped by stage; `QUEUE_OF` says which task queue serves which group. */
import type { Database } from '../clients/database/client.ts';
import type { Embedder } from '../clients/embedder/index.ts';
import type { Ffmpeg } from '../clients/ffmpeg/index.ts';
import type { Llm } from '../clients/llm/llm.ts';
import type { Ocr } from '../clients/ocr/index.ts';
import type { VectorIndex } from '../clients/qdrant/index.ts';
import type { Speech } from '../clients/speech/index.ts';
import type { Config } from '../contracts/config.ts';
import type { Lexicon } from '../contracts/keywords.ts';
import type { QueueName } from '../contracts/names.ts';
import { createClipActivities } from './clips.ts';
import { createComparingActivities } from './comparing.ts';
import { createDetectionActivities } from './detection.ts';
import { createEmbeddingActivities } from './embedding.ts';
import { createExportActivities } from './exporting.ts';
import { createFrameActivities } from './frames.ts';
import { createIndexingActivities } from './indexing.ts';
import { createIngestionActivities } from './ingestion.ts';
import { createLibraryActivities } from './library.ts';
import { createRatingActivities } from './ratings.ts';
import { createReindexingActivities } from './reindexing.ts';
import { createRunActivities } from './runs.ts';
import { createSemanticActivities } from './semantics.ts';
import { createSignalActivities } from './signals.ts';
import { createSpeechActivities } from './speech.ts';
import { createStrategyActivities } from './strategies.ts';

/** What activities stand on. What is costly to open is a function: a worker opens only what its queues need. */
export interface Dependencies {
  config: Config;
  database: Database;
  /** The lexicon now, with the terms added while the worker runs. */
  lexicon: () => Promise<Lexicon>;
  ffmpeg: Ffmpeg;
  ocr: Ocr;
  /** Throws SPEECH_UNAVAILABLE where no model is configured. */
  speech: () => Promise<Speech>;
  embedder: () => Promise<Embedder>;
  searchIndex: () => Promise<VectorIndex>;
  llm: Llm;
}

export const createActivities = (dependencies: Dependencies) => ({
  runs: createRunActivities(dependencies),
  library: createLibraryActivities(dependencies),
  ingestion: createIngestionActivities(dependencies),
  detection: createDetectionActivities(dependencies),
  semantics: createSemanticActivities(dependencies),
  clips: createClipActivities(dependencies),
  frames: createFrameActivities(dependencies),
  speech: createSpeechActivities(dependencies),
  embedding: createEmbeddingActivities(dependencies),
  indexing: createIndexingActivities(dependencies),
  reindexing: createReindexingActivities(dependencies),
  comparing: createComparingActivities(dependencies),
  strategies: createStrategyActivities(dependencies),
  signals: createSignalActivities(dependencies),
  ratings: createRatingActivities(dependencies),
  exporting: createExportActivities(dependencies),
});

export type Activities = ReturnType<typeof createActivities>;

export const QUEUE_OF: Record<keyof Activities, Exclude<QueueName, 'workflow'>> = {
  runs: 'cpu',
  detection: 'cpu',
  signals: 'cpu',
  exporting: 'cpu',
  library: 'media',
  ingestion: 'media',
  clips: 'media',
  frames: 'media',
  speech: 'gpu',
  embedding: 'gpu',
  semantics: 'gpu',
  indexing: 'index',
  reindexing: 'index',
  comparing: 'gpu',
  strategies: 'llm',
  ratings: 'llm',
};
