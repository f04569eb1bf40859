/** Temporal's development server with its Web UI, as a child of ours. */
import path from 'node:path';
import { TapeworksError } from '../../../contracts/errors.ts';
import { SEARCH_ATTRIBUTES } from '../../../contracts/names.ts';
import { findTemporal } from '../setup/temporal.mjs';
import type { Child } from './child.ts';
import { startComponent } from './component.ts';
import { checkTemporal } from './health.ts';
import { reservePort } from './ports.ts';

const DYNAMIC_CONFIG = [
  // Fair dispatch between the runs that share a queue.
  'matching.enableFairness=true',
  // The server looks for new tasks 20 times a second unless told so: each step of a workflow then waits up to 50 ms.
  'history.transferProcessorMaxPollRPS=1000',
];
/** Written ahead and synced at checkpoints: a killed process loses nothing, a power cut at most the last moments. */
const SQLITE = ['--sqlite-pragma=journal_mode=WAL', '--sqlite-pragma=synchronous=NORMAL'];

export type TemporalOptions = {
  dataDir: string;
  ephemeral: boolean;
  namespace: string;
  port: number;
  uiPort: number;
  dynamicConfig: string[];
  log: (line: string) => void;
  onStarted: (child: Child, port: number) => void;
};

/** Starts the server. `ephemeral` keeps nothing on disk. */
export async function startTemporal(
  options: TemporalOptions,
): Promise<{ child: Child; address: string; uiUrl: string }> {
  const program = findTemporal();
  if (!program)
    throw new TapeworksError('TEMPORAL_UNAVAILABLE', 'The Temporal server is not prepared; run npm run setup.');
  const ui = await reservePort(options.uiPort);
  try {
    const { child, port } = await startComponent({
      name: 'Temporal',
      code: 'TEMPORAL_UNAVAILABLE',
      wantedPort: options.port,
      process: (chosen) => ({
        command: program,
        args: [
          'server',
          'start-dev',
          '--ip=127.0.0.1',
          `--port=${chosen}`,
          `--ui-port=${ui.port}`,
          `--namespace=${options.namespace}`,
          '--log-level=warn',
          ...(options.ephemeral ? [] : [`--db-filename=${path.join(options.dataDir, 'temporal.db')}`, ...SQLITE]),
          ...SEARCH_ATTRIBUTES.map((name) => `--search-attribute=${name}=Keyword`),
          ...[...DYNAMIC_CONFIG, ...options.dynamicConfig].map((entry) => `--dynamic-config-value=${entry}`),
        ],
        logFile: path.join(options.dataDir, 'logs/temporal.log'),
      }),
      isReady: (chosen) => checkTemporal({ address: `127.0.0.1:${chosen}`, namespace: options.namespace }),
      onStarted: options.onStarted,
      log: options.log,
    });
    if (options.uiPort !== 0 && ui.port !== options.uiPort) {
      options.log(`Temporal Web UI: port ${options.uiPort} is taken, using ${ui.port}`);
    }
    return { child, address: `127.0.0.1:${port}`, uiUrl: `http://127.0.0.1:${ui.port}` };
  } finally {
    ui.release();
  }
}
