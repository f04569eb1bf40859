// @ts-check
/** `npm run check`: format, lint, types, unused code, settings. All run, then each tells its result. */
import { spawn } from 'node:child_process';
import { fromRoot, rootDir } from './paths.mjs';

const bin = (/** @type {string} */ name) => fromRoot('node_modules/.bin', name);

const CHECKS = [
  { title: 'format (biome)', command: bin('biome'), args: ['format', '.'], remedy: 'npm run format .' },
  {
    title: 'lint (oxlint, type-aware)',
    command: bin('oxlint'),
    args: ['--type-aware'],
    remedy: 'mend what it names',
  },
  {
    title: 'types (tsc)',
    command: bin('tsc'),
    args: ['--noEmit', '-p', 'tsconfig.json'],
    remedy: 'mend what it names',
  },
  { title: 'unused code (knip)', command: bin('knip'), args: ['--no-progress'], remedy: 'remove or use what it names' },
  {
    title: 'settings (.env.example)',
    command: process.execPath,
    args: ['--import', 'tsx', fromRoot('deploy/local/env-example.ts'), '--check'],
    remedy: 'node --import tsx deploy/local/env-example.ts',
  },
];

/** @returns {Promise<number>} exit code: 0 when all passed */
export async function check() {
  const results = await Promise.all(
    CHECKS.map(async (entry) => ({ ...entry, ...(await run(entry.command, entry.args)) })),
  );
  for (const { title, code, output, seconds, remedy } of results) {
    console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${title}, ${seconds} s`);
    if (code !== 0) console.log(`${output.trim().replaceAll(/^/gm, '       | ')}\n       what to do: ${remedy}`);
  }
  const failed = results.filter(({ code }) => code !== 0).length;
  console.log(failed === 0 ? 'All checks passed.' : `${failed} of ${results.length} checks failed.`);
  return failed === 0 ? 0 : 1;
}

/**
 * @param {string} command
 * @param {string[]} args
 * @returns {Promise<{ code: number, output: string, seconds: string }>}
 */
function run(command, args) {
  const began = performance.now();
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: rootDir, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const finish = (/** @type {number} */ code) =>
      resolve({ code, output, seconds: ((performance.now() - began) / 1000).toFixed(1) });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    child.once('error', (error) => {
      output += error.message;
      finish(1);
    });
    child.once('close', (code) => finish(code ?? 1));
  });
}
