/** The workflow bundle's entry: every workflow a worker can run. */
export { batchGenerate } from './batch-generate.ts';
export { embedSegments } from './embed-segments.ts';
export { enhanceSignals } from './enhance-signals.ts';
export { generateStrategy } from './generate-strategy.ts';
export { processLibrary } from './process-library.ts';
export { processMedia } from './process-media.ts';
export { reindex } from './reindex.ts';
