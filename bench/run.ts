/** `npm run bench -- [NAME …] [--rounds N] [--json]`: lists the benchmarks, runs them, keeps their figures. */
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ConfigError } from '../contracts/config.ts';
import { TapeworksError } from '../contracts/errors.ts';
import { fromRoot } from '../deploy/local/setup/paths.mjs';
import { clips } from './clips.ts';
import { embedding } from './embedding.ts';
import { keywords } from './keywords.ts';
import { orchestration } from './orchestration.ts';
import { pipeline } from './pipeline.ts';
import { resultToMarkdown, withResults } from './report.ts';
import { type Bench, type BenchContext, describeMachine, type Result, resultSchema } from './result.ts';
import { search } from './search.ts';
import { searchQuality } from './search-quality.ts';

const BENCHES: Bench[] = [orchestration, embedding, keywords, clips, pipeline, search, searchQuality];
const ROUNDS = 5;
const RESULTS = fromRoot('bench/results');
const README = fromRoot('bench/README.md');

const HELP = `npm run bench -- NAME … [--rounds N] [--json]

${BENCHES.map(({ name, title }) => `  ${name.padEnd(14)} ${title}`).join('\n')}
  ${'all'.padEnd(14)} each of them, one after the other

  --rounds N     measurements of each side (${ROUNDS}); fewer than ${ROUNDS} are a trial and not kept
  --json         the results as JSON, progress on standard error

Kept results go to bench/results/ and into the tables of bench/README.md. Leave the machine alone meanwhile.`;

class UsageError extends Error {
  override readonly name = 'UsageError';
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { rounds: { type: 'string' }, json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help || positionals.length === 0) {
    console.log(HELP);
    return 0;
  }
  const chosen = choose(positionals);
  const rounds = readRounds(values.rounds);
  const results: Result[] = [];
  for (const bench of chosen) {
    const result = await runOne(bench, rounds);
    if (result === null) return 130;
    results.push(result);
    if (!values.json) console.log(`\n${resultToMarkdown(result)}\n`);
    if (rounds >= ROUNDS) await keep(result);
    else console.error(`Not kept: ${rounds} rounds are a trial (${ROUNDS} or more are a measurement).`);
  }
  if (values.json) console.log(JSON.stringify(results, null, 2));
  return 0;
}

function choose(names: string[]): Bench[] {
  if (names.includes('all')) return BENCHES;
  return names.map((wanted) => {
    const found = BENCHES.find(({ name }) => name === wanted);
    if (!found) throw new UsageError(`There is no benchmark "${wanted}".\n\n${HELP}`);
    return found;
  });
}

function readRounds(given: string | undefined): number {
  const rounds = Number(given ?? ROUNDS);
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > 1_000)
    throw new UsageError(`--rounds: expected a whole number from 1 to 1000 (got "${given}").`);
  return rounds;
}

/** Null when it was interrupted; everything it started is ended in any case. */
async function runOne({ name, title, run }: Bench, rounds: number): Promise<Result | null> {
  const began = performance.now();
  const cleanUps: Parameters<BenchContext['onEnd']>[0][] = [];
  const say = (line: string) => {
    console.error(`[${name} ${((performance.now() - began) / 1_000).toFixed(0).padStart(4)} s] ${line}`);
  };
  const interrupted = untilInterrupted();
  try {
    const work = run({ rounds, say, onEnd: (cleanUp) => cleanUps.push(cleanUp) });
    const figures = await Promise.race([work, interrupted.signal]);
    if (typeof figures === 'string') {
      say(`${figures}: stopping`);
      // What the end of its components makes it throw is of no interest any more.
      work.catch(() => {});
      return null;
    }
    return resultSchema.parse({ name, title, at: new Date().toISOString(), machine: describeMachine(), ...figures });
  } finally {
    interrupted.dismiss();
    for (const cleanUp of cleanUps.reverse()) await cleanUp();
  }
}

function untilInterrupted() {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  let hear: (signal: string) => void = () => {};
  const signal = new Promise<string>((resolve) => {
    hear = resolve;
  });
  for (const name of signals) process.once(name, hear);
  return {
    signal,
    dismiss: () => {
      for (const name of signals) process.off(name, hear);
    },
  };
}

async function keep(result: Result): Promise<void> {
  await mkdir(RESULTS, { recursive: true });
  await writeFile(path.join(RESULTS, `${result.name}.json`), `${JSON.stringify(result, null, 2)}\n`);
  const kept = readdirSync(RESULTS)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => resultSchema.parse(JSON.parse(readFileSync(path.join(RESULTS, file), 'utf8'))));
  await writeFile(README, withResults(readFileSync(README, 'utf8'), kept));
}

try {
  // An interrupted benchmark may still hold timers and connections: what it started is ended, so is this process.
  const code = await main();
  if (code === 0) process.exitCode = 0;
  else process.exit(code);
} catch (error) {
  if (error instanceof TapeworksError) console.error(`\n${error.message}\nWhat to do: ${error.remedy}`);
  else if (error instanceof ConfigError || error instanceof UsageError) console.error(error.message);
  else if (error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'))
    console.error(`${error.message}\n\n${HELP}`);
  else console.error(error);
  process.exit(1);
}
