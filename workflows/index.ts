/** The workflow bundle's entry: every workflow a worker can run. */
export { batchGenerate } from './batch-generate.ts';
export { enhanceSignals } from './enhance-signals.ts';
export { generateStrategy } from './generate-strategy.ts';
export { processLibrary } from './process-library.ts';
export { processMedia } from './process-media.ts';
