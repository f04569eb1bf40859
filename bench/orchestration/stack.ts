/** The product's stack as `npm start` ships it (persistent, the server's own timer settings), in a folder of its own, on free ports. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type Config, parseConfig } from '../../contracts/config.ts';
import { fromRoot } from '../../deploy/local/setup/paths.mjs';
import { type Stack, startStack } from '../../deploy/local/stack.ts';
import type { BenchContext } from '../result.ts';

export type BenchStack = { stack: Stack; config: Config; dataDir: string };

/** Never the user's own components: a benchmark must not write there. `stop` also removes the folder. */
export async function startBenchStack({ say, onEnd }: Pick<BenchContext, 'say' | 'onEnd'>): Promise<BenchStack> {
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'tapeworks-bench-'));
  // PostgreSQL runs as a user of its own when we are root, and has to pass through.
  chmodSync(dataDir, 0o711);
  onEnd(() => rmSync(dataDir, { recursive: true, force: true }));
  const settings = {
    DATA_DIR: dataDir,
    PORT: '0',
    LLM_BACKEND: 'offline',
    LOG_LEVEL: 'warn',
    MEDIA_ROOT: fromRoot('samples', 'lesson'),
    CANDLES_DIR: fromRoot('samples', 'candles'),
  };
  const ports = { postgres: 0, temporal: 0, temporalUi: 0, qdrant: 0 };
  const started = await startStack(parseConfig(settings), {
    dataDir,
    ports,
    log: say,
  });
  onEnd(started.stop);
  const stack = {
    ...started,
    async stop() {
      await started.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
  return { stack, dataDir, config: parseConfig({ ...settings, ...started.environment() }) };
}
