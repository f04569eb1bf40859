/** A stack for tests: on free ports, in a folder of its own, nothing kept, timers without the server's usual delay. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type Config, parseConfig } from '../../contracts/config.ts';
import { type Stack, startStack } from './stack.ts';

/** Temporal's development server fires timers a second late unless told so. */
const PROMPT_TIMERS = 'history.timerProcessorMaxTimeShift="10ms"';

/**
 * Starts an ephemeral stack; `stop` also removes its folder. The environment's component URLs are not used unless handed
 * in: tests must not write to a user's database.
 */
export async function startTestStack(
  overrides: Record<string, string> = {},
  log: (line: string) => void = () => {},
): Promise<Stack & { dataDir: string; config: Config }> {
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'tapeworks-test-'));
  // PostgreSQL runs as a user of its own when we are root, and has to pass through.
  chmodSync(dataDir, 0o711);
  const remove = () => rmSync(dataDir, { recursive: true, force: true });
  try {
    const config = parseConfig({ ...overrides, DATA_DIR: dataDir });
    const stack = await startStack(config, { dataDir, ephemeral: true, log, temporalDynamicConfig: [PROMPT_TIMERS] });
    const stop = async () => {
      await stack.stop();
      remove();
    };
    return { ...stack, dataDir, config: parseConfig({ ...overrides, ...stack.environment() }), stop };
  } catch (error) {
    remove();
    throw error;
  }
}
