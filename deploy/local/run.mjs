#!/usr/bin/env node
// @ts-check
/**
 * The one entry of every npm script: prepares what the command needs, then runs it. Node built-ins only, since on a fresh
 * clone nothing else is there yet.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { fromRoot, rootDir } from './setup/paths.mjs';
import { prepare } from './setup/prepare.mjs';

/** @typedef {{ scope: 'packages' | 'code' | 'process' | 'stack', file: string | null, tool?: string, args?: string[], hermetic?: true, about: string }} Verb */

/** @type {Record<string, Verb>} */
const VERBS = {
  demo: {
    scope: 'stack',
    file: 'deploy/local/demo.ts',
    about: '[PATH] [--json] [--keep]  the whole chain on samples/ or your own file',
  },
  start: { scope: 'stack', file: 'deploy/local/start.ts', about: 'brings everything up and keeps it up' },
  doctor: { scope: 'packages', file: 'deploy/local/doctor.ts', about: '[--json]  looks at every component' },
  setup: { scope: 'stack', file: null, about: 'only prepares' },
  worker: { scope: 'process', file: 'workers/main.ts', about: 'one worker process (WORKER_QUEUES)' },
  api: { scope: 'process', file: 'api/main.ts', about: 'the API' },
  bundle: {
    scope: 'packages',
    file: 'workers/build-bundle.ts',
    about: '[FILE]  the workflow bundle for WORKFLOW_BUNDLE',
  },
  migrate: {
    scope: 'code',
    file: 'deploy/local/migrate.ts',
    about: '[deploy | new NAME | drift]  database migrations',
  },
  test: { scope: 'stack', file: null, tool: 'vitest', args: ['run'], hermetic: true, about: '[ARGS]  all tests' },
  check: { scope: 'code', file: null, hermetic: true, about: 'format, lint, types, unused code' },
  bench: { scope: 'stack', file: 'bench/run.ts', hermetic: true, about: '[NAME]  benchmarks' },
};

async function main() {
  const [name = '', ...args] = process.argv.slice(2);
  const verb = Object.hasOwn(VERBS, name) ? VERBS[name] : undefined;
  if (!verb) {
    console.error(
      `Unknown command "${name}". There are:\n${Object.entries(VERBS)
        .map(([key, { about }]) => `  ${key.padEnd(8)} ${about}`)
        .join('\n')}`,
    );
    return 2;
  }
  const problem = unsupported();
  if (problem) {
    console.error(problem);
    return 2;
  }
  if (!verb.hermetic && existsSync(fromRoot('.env'))) process.loadEnvFile(fromRoot('.env'));
  await prepare(verb.scope, args.includes('--json') ? process.stderr : process.stdout);
  if (name === 'check') return (await import('./setup/check.mjs')).check();
  const require = createRequire(fromRoot('package.json'));
  if (verb.tool)
    return run([
      require.resolve('vitest/package.json').replace(/package\.json$/, 'vitest.mjs'),
      ...(verb.args ?? []),
      ...args,
    ]);
  if (!verb.file) return 0;
  return run(['--import', pathToFileURL(require.resolve('tsx')).href, fromRoot(verb.file), ...args]);
}

function unsupported() {
  if (process.platform === 'win32') return 'Windows itself is not supported: use WSL 2, or docker compose.';
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return null;
  return `Node.js 20.19 or later is needed; this is ${process.version}. Get it from nodejs.org.`;
}

/**
 * Runs Node with the given arguments until it ends. Relative paths of the user are meant from INIT_CWD.
 * @param {string[]} args
 * @returns {Promise<number>} its exit code
 */
function run(args) {
  const env = { ...process.env, INIT_CWD: process.env.INIT_CWD ?? process.cwd() };
  const child = spawn(process.execPath, args, { cwd: rootDir, env, stdio: 'inherit' });
  for (const signal of /** @type {NodeJS.Signals[]} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => {
      // A terminal's Ctrl-C reaches the child by itself; handing it on would count as a second one.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) =>
      resolve(code ?? 128 + (signal === 'SIGINT' ? 2 : signal === 'SIGKILL' ? 9 : 15)),
    );
  });
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`\n${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
