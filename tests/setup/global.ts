/** One real stack for the whole test run, and the workflow bundle, both ready before the first test. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startTestStack } from '../../deploy/local/test-stack.ts';
import { createLogger } from '../../workers/logger.ts';
import { writeBundle } from '../../workers/bundle.ts';

export default async function setup(): Promise<() => Promise<void>> {
  const scratch = await mkdtemp(path.join(tmpdir(), 'tapeworks-bundle-'));
  const bundle = path.join(scratch, 'workflows.js');
  const [stack] = await Promise.all([startTestStack({}), writeBundle(bundle, createLogger('warn'))]);
  // Workers are forked after this and inherit it.
  Object.assign(process.env, {
    TEST_DATABASE_URL: stack.databaseUrl,
    TEST_TEMPORAL_ADDRESS: stack.temporalAddress,
    TEST_QDRANT_URL: stack.qdrantUrl,
    TEST_MODEL_DIR: stack.modelDir,
    TEST_WORKFLOW_BUNDLE: bundle,
    TEST_TESSERACT: stack.tools.tesseract ?? '',
    TEST_FFMPEG: stack.tools.ffmpeg,
    TEST_FFPROBE: stack.tools.ffprobe,
    EMBEDDING_MODEL_DIR: stack.modelDir,
  });
  return async () => {
    await stack.stop();
    await rm(scratch, { recursive: true, force: true });
  };
}
