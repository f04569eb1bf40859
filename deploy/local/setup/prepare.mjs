// @ts-check
/** What each command needs prepared, and preparing it. */
import path from 'node:path';
import { waitForLock } from './lock.mjs';
import { model } from './model.mjs';
import { databaseClient, packages, postgresFiles } from './node-packages.mjs';
import { toolsDir } from './paths.mjs';
import { createProgress } from './progress.mjs';
import { python } from './python.mjs';
import { killChildren } from './shell.mjs';
import { pending, runSteps } from './steps.mjs';
import { mediaPrograms, missingExtras, systemPackages } from './system-packages.mjs';
import { temporal } from './temporal.mjs';

/** @typedef {import('./steps.mjs').Step} Step */

/**
 * Steps for a scope; what the environment points elsewhere is left out.
 * `code`: only what sources need; `process`: what one worker or API needs; `stack`: everything.
 * @param {'packages' | 'code' | 'process' | 'stack'} scope
 * @returns {Step[]}
 */
function stepsFor(scope) {
  const given = (/** @type {string} */ name) => Boolean(process.env[name]);
  if (scope === 'packages') return [packages];
  const code = [packages, postgresFiles, databaseClient].filter(
    (step) => step !== postgresFiles || !given('DATABASE_URL'),
  );
  if (scope === 'code') return code;
  const ownModel = !given('EMBEDDING_MODEL_DIR');
  const ownQdrant = scope === 'stack' && !given('QDRANT_URL');
  return [
    ...code,
    ...(scope === 'stack' && !given('TEMPORAL_ADDRESS') ? [temporal] : []),
    systemPackages,
    ...(ownModel || ownQdrant ? [python] : []),
    ...(ownModel ? [model] : []),
    mediaPrograms,
  ];
}

/**
 * Makes sure that everything the scope needs is there. One run at a time: a second one waits and says so.
 * @param {'packages' | 'code' | 'process' | 'stack'} scope
 * @param {NodeJS.WriteStream} out
 */
export async function prepare(scope, out) {
  const steps = stepsFor(scope);
  if (pending(steps).length === 0) return;
  const progress = createProgress(out);
  const release = await waitForLock(path.join(toolsDir, 'setup.lock'), ({ pid, since }) =>
    progress.say(`Another preparation is under way (process ${pid}, since ${since}); waiting for it.`),
  );
  const stop = (/** @type {NodeJS.Signals} */ signal) => {
    killChildren();
    release();
    process.exit(signal === 'SIGINT' ? 130 : 143);
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  try {
    const missing = pending(steps);
    if (missing.length === 0) return;
    const began = performance.now();
    progress.say(`Preparing ${missing.length} of ${steps.length} components (once; logs in .tools/logs):`);
    await runSteps(steps, progress);
    for (const { program, packageName, without } of scope === 'code' || scope === 'packages' ? [] : missingExtras()) {
      progress.say(
        `  ! ${program} is missing: ${without}. Install it with your package manager (Debian: ${packageName}).`,
      );
    }
    progress.say(`Prepared in ${((performance.now() - began) / 1000).toFixed(1)} s.`);
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
    progress.close();
    release();
  }
}
