/** `npm run demo [PATH] [--json] [--keep]`: the whole chain on samples/ or your own file or folder, then a summary. */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ConfigError, parseConfig } from '../../contracts/config.ts';
import { TapeworksError } from '../../contracts/errors.ts';
import { followRuns, startRuns } from './demo/runs.ts';
import { sampleSource, userSource } from './demo/source.ts';
import { collectResults } from './demo/results.ts';
import { printSummary } from './demo/summary.ts';
import { startProcesses } from './processes.ts';
import { type Stack, StackBusy, startStack } from './stack.ts';

const HELP = `npm run demo -- [PATH] [--json] [--keep]

  npm run demo                      the sample lesson and sample candles
  npm run demo -- lesson.mp4        your lesson, with lesson.srt (or .vtt, .json) beside it
  npm run demo -- ~/lessons         every lesson of a folder
  npm run demo -- --json            one JSON object at the end, progress on standard error

On a terminal everything stays up at the end until Ctrl-C; --keep asks for that elsewhere, too.`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { json: { type: 'boolean' }, keep: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const log = (line: string) => (values.json ? console.error(line) : console.log(line));
  const began = performance.now();
  const config = parseConfig(process.env);
  // A path that is not there is said before anything starts.
  const given = positionals[0] === undefined ? null : await userSource(positionals[0]);
  const { stack, dataDir } = await startOnFreeFolder(path.resolve(config.DATA_DIR), log);
  const interrupted = untilInterrupted();
  try {
    const work = async () => {
      const source = given ?? (await sampleSource(stack, log));
      const environment = {
        MEDIA_ROOT: source.mediaRoot,
        CANDLES_DIR: path.resolve(config.CANDLES_DIR),
        LOG_LEVEL: config.LOG_LEVEL,
      };
      const { apiUrl } = await startProcesses(stack, config, { dataDir, log, environment });
      const api = { url: apiUrl, key: config.API_KEY };
      const runs = await followRuns(api, await startRuns(api, source), log);
      const urls = { temporalUi: stack.temporalUiUrl, api: apiUrl, docs: `${apiUrl}/docs` };
      return collectResults(api, runs, { urls, dataDir, seconds: (performance.now() - began) / 1000 });
    };
    const results = await Promise.race([work(), interrupted, stack.failed]);
    if (typeof results === 'string') {
      log(`${results}; stopping everything.`);
      return 130;
    }
    if (values.json) console.log(JSON.stringify(results));
    else printSummary(results);
    const keep = values.keep === true || (process.stdout.isTTY && !values.json);
    if (keep) {
      log('\nEverything stays up: open the links above. Ctrl-C stops it.');
      await Promise.race([interrupted, stack.failed]);
    } else {
      log('\nEverything is stopped now; npm start brings it up again, with what was made.');
    }
    const allDone = Object.values(results.statuses).every((status) => status === 'completed');
    return allDone && results.failures.length === 0 ? 0 : 1;
  } finally {
    await stack.stop();
  }

  /** Another demo may hold the data folder: this one then takes the next. */
  async function startOnFreeFolder(
    wanted: string,
    say: (line: string) => void,
  ): Promise<{ stack: Stack; dataDir: string }> {
    for (let attempt = 1; ; attempt += 1) {
      const dataDir = attempt === 1 ? wanted : `${wanted}-${attempt}`;
      try {
        return { dataDir, stack: await startStack(config, { dataDir, log: say }) };
      } catch (error) {
        if (!(error instanceof StackBusy) || attempt === 9) throw error;
        say(`${dataDir} is in use by another stack; trying ${wanted}-${attempt + 1}`);
      }
    }
  }
}

const untilInterrupted = () =>
  new Promise<string>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve(signal));
  });

try {
  process.exitCode = await main();
} catch (error) {
  if (error instanceof TapeworksError) console.error(`\n${error.message}\nWhat to do: ${error.remedy}`);
  else if (error instanceof ConfigError) console.error(`\n${error.message}`);
  else if (error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'))
    console.error(`${error.message}\n\n${HELP}`);
  else throw error;
  process.exitCode = 1;
}
