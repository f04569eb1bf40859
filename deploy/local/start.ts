/** `npm start`: stack, worker and API, kept up until Ctrl-C. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { type Config, ConfigError, parseConfig } from '../../contracts/config.ts';
import { TapeworksError } from '../../contracts/errors.ts';
import { startProcesses } from './processes.ts';
import { type Stack, StackBusy, startStack } from './stack.ts';

/** npm and a terminal may deliver one Ctrl-C twice; a person needs longer for a second one. */
const SAME_SIGNAL_MS = 400;
const log = (line: string) => console.log(line);

/** Resolves at the first signal; at a second one all is ended by force. */
function untilStopped(stack: Stack): Promise<string> {
  return new Promise((resolve) => {
    let first: number | undefined;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (first === undefined) {
          first = performance.now();
          resolve(signal);
        } else if (performance.now() - first > SAME_SIGNAL_MS) {
          log('Stopping by force.');
          stack.forceStop();
          process.exit(130);
        }
      });
    }
  });
}

/** A folder that is not there is said now, not at the first lesson. */
function needFolders(config: Config): void {
  const missing = (['MEDIA_ROOT', 'CANDLES_DIR'] as const).filter((name) => !existsSync(config[name]));
  if (missing.length > 0) throw new ConfigError(missing.map((name) => `${name}: there is no folder "${config[name]}"`));
}

async function main(): Promise<number> {
  const config = parseConfig(process.env);
  needFolders(config);
  const dataDir = path.resolve(config.DATA_DIR);
  const began = performance.now();
  log(`Starting on ${dataDir} …`);
  const stack = await startStack(config, { dataDir, log });
  const stopped = untilStopped(stack);
  try {
    const starting = startProcesses(stack, config, { dataDir, log });
    const early = await Promise.race([starting.then(() => null), stopped, stack.failed]);
    if (early === null) {
      const { apiUrl } = await starting;
      log(
        [
          `Ready in ${((performance.now() - began) / 1000).toFixed(1)} s. Ctrl-C stops everything.`,
          `  API              ${apiUrl}`,
          `  API docs         ${apiUrl}/docs`,
          `  Temporal Web UI  ${stack.temporalUiUrl ?? 'not known: set TEMPORAL_UI_URL'}`,
          `  Temporal         ${stack.temporalAddress}`,
          `  Qdrant           ${stack.qdrantUrl}`,
          `  PostgreSQL       ${new URL(stack.databaseUrl).host} (URL in ${path.join(dataDir, 'stack.json')})`,
          `  logs             ${path.join(dataDir, 'logs')}`,
        ].join('\n'),
      );
    } else {
      // Its own failure would only repeat that we are stopping.
      starting.catch(() => {});
    }
    const why = early ?? (await Promise.race([stopped, stack.failed]));
    const bySignal = why.startsWith('SIG');
    log(bySignal ? 'Stopping … (Ctrl-C again: by force)' : `${why}; stopping everything.`);
    return bySignal ? 0 : 1;
  } finally {
    await stack.stop();
    log('Stopped.');
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  // Of these the message itself has all there is to know.
  if (error instanceof StackBusy || (error instanceof TapeworksError && error.code === 'INTERNAL'))
    console.error(`\n${error.message}`);
  else if (error instanceof TapeworksError) console.error(`\n${error.message}\nWhat to do: ${error.remedy}`);
  else if (error instanceof ConfigError) console.error(`\n${error.message}`);
  else throw error;
  process.exitCode = 1;
}
