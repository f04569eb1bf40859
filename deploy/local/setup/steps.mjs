// @ts-check
/** Runs preparation steps side by side, each once: a step that ended well leaves its key below `.tools/done/`. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { toolsDir } from './paths.mjs';
import { CommandError, runLogged } from './shell.mjs';

/**
 * @typedef {{
 *   run: (command: string, args: string[], options?: { cwd?: string, env?: Record<string, string> }) => Promise<string>,
 *   say: (line: string) => void,
 * }} Tools
 * @typedef {{
 *   name: string,
 *   title: string,
 *   key: () => string,
 *   isPresent: () => boolean,
 *   isAlreadyRight?: () => boolean,
 *   act: (tools: Tools) => Promise<void>,
 *   after?: string[],
 *   remedy: string,
 * }} Step
 */

/** A preparation that failed, told so that the user can act. */
export class SetupError extends Error {
  /** @param {Step} step @param {unknown} cause */
  constructor(step, cause) {
    const tried = cause instanceof CommandError ? `  tried: ${cause.command}\n` : '';
    const tail =
      cause instanceof CommandError && cause.tail
        ? `${indent(lastLines(cause.tail, 12))}\n  full log: ${cause.logFile}\n`
        : '';
    const what = cause instanceof Error ? cause.message : String(cause);
    super(`${step.title}: ${what}\n${tried}${tail}  what to do: ${step.remedy}`, { cause });
  }
}

/**
 * Steps that still have to run.
 * @param {Step[]} steps
 */
export const pending = (steps) => steps.filter((step) => !isDone(step));

/**
 * Runs what is not done yet. Throws an AggregateError of `SetupError`s after every step that could run has ended.
 * @param {Step[]} steps
 * @param {import('./progress.mjs').Progress} progress
 */
export async function runSteps(steps, progress) {
  /** @type {Map<string, Promise<boolean>>} */
  const outcomes = new Map();
  /** @type {SetupError[]} */
  const failures = [];
  for (const step of steps) {
    outcomes.set(step.name, runStep(step, outcomes, progress, failures));
  }
  await Promise.all(outcomes.values());
  if (failures.length > 0) throw new AggregateError(failures, failures.map((failure) => failure.message).join('\n\n'));
}

/**
 * @param {Step} step
 * @param {Map<string, Promise<boolean>>} outcomes
 * @param {import('./progress.mjs').Progress} progress
 * @param {SetupError[]} failures
 */
async function runStep(step, outcomes, progress, failures) {
  const before = await Promise.all((step.after ?? []).map((name) => outcomes.get(name) ?? Promise.resolve(true)));
  if (before.includes(false)) return false;
  if (isDone(step)) return true;
  progress.begin(step.title);
  try {
    await step.act({
      run: (command, args, options = {}) =>
        runLogged(step.name, command, args, { ...options, onLine: (line) => progress.note(step.title, line) }),
      say: (line) => progress.say(`    ${line}`),
    });
    if (!step.isPresent()) throw new Error('ended without error, yet what it should have made is not there');
    markDone(step);
    progress.end(step.title, 'done');
    return true;
  } catch (error) {
    progress.end(step.title, 'failed');
    failures.push(new SetupError(step, error));
    return false;
  }
}

/** @param {Step} step */
function isDone(step) {
  if (!step.isPresent()) return false;
  if (readMark(step) === step.key()) return true;
  if (!step.isAlreadyRight?.()) return false;
  markDone(step);
  return true;
}

/** @param {Step} step */
const markFile = (step) => path.join(toolsDir, 'done', step.name);

/** @param {Step} step */
function readMark(step) {
  try {
    return readFileSync(markFile(step), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

/** @param {Step} step */
function markDone(step) {
  const file = markFile(step);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(`${file}.${process.pid}`, step.key());
  renameSync(`${file}.${process.pid}`, file);
}

/**
 * Short hash of texts, for keys.
 * @param {...string} texts
 */
export const hashOf = (...texts) => createHash('sha256').update(texts.join('\0')).digest('hex').slice(0, 20);

/** Content of a file, empty when it is absent. @param {string} file */
export function readOrEmpty(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}

/** @param {string} text @param {number} count */
const lastLines = (text, count) => text.trimEnd().split('\n').slice(-count).join('\n');
/** @param {string} text */
const indent = (text) => text.replaceAll(/^/gm, '    | ');
