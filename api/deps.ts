/** What the API stands on. Made in main.ts (or a test) and handed on; nothing here is made twice. */
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { Database } from '../clients/database/client.ts';
import type { Ffmpeg } from '../clients/ffmpeg/index.ts';
import type { VectorIndex } from '../clients/qdrant/index.ts';
import type { Reranker } from '../clients/reranker/index.ts';
import type { Config } from '../contracts/config.ts';
import type { LexiconStore } from '../clients/database/lexicon.ts';
import type { Lexicon } from '../contracts/keywords.ts';
import type { QueryVectors } from './search/query-vector.ts';

/** What a look at the LLM found. `ok` false with a `detail` that says why. */
export interface LlmHealth {
  backend: string;
  ok: boolean;
  detail: string;
}

export interface ApiDependencies {
  config: Config;
  database: Database;
  temporal: Client;
  searchIndex: Pick<VectorIndex, 'deleteMedia' | 'stats' | 'live' | 'of'>;
  queryVectors: QueryVectors;
  /** Null where no model is configured. */
  reranker: (() => Promise<Reranker>) | null;
  ffmpeg: Pick<Ffmpeg, 'probe'>;
  /** The lexicon now. */
  lexicon: () => Promise<Lexicon>;
  lexiconStore: LexiconStore;
  llmHealth(): Promise<LlmHealth>;
  log: Logger;
  /** Fires when the process is to end: open event streams stop. */
  closing: AbortSignal;
}
