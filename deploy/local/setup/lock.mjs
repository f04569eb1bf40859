// @ts-check
/** A lock file held by a living process. One left behind by a dead process is taken over. */
import { mkdirSync, readFileSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isRunning, self } from './processes.mjs';

/** @typedef {{ pid: number, started: string | null, since: string }} Holder */

const WRITING_MS = 5_000;
const TAKEOVER_MS = 10_000;

/**
 * Takes the lock, or says who holds it (null: someone is writing it just now). Never waits.
 * @param {string} file
 * @returns {{ release: () => void } | { holder: Holder | null }}
 */
export function tryLock(file) {
  mkdirSync(path.dirname(file), { recursive: true });
  if (create(file)) return { release: () => releaseOwn(file) };
  const holder = readHolder(file);
  if (holder === 'gone') return { holder: null };
  if (holder === 'writing' || isRunning(holder)) return { holder: holder === 'writing' ? null : holder };
  return takeOver(file) ? { release: () => releaseOwn(file) } : { holder: null };
}

/**
 * Waits until the lock is free.
 * @param {string} file
 * @param {(holder: Holder) => void} onWait called once, with the first holder met
 * @returns {Promise<() => void>} gives the lock back
 */
export async function waitForLock(file, onWait) {
  let told = false;
  for (;;) {
    const result = tryLock(file);
    if ('release' in result) return result.release;
    if (!told && result.holder) {
      told = true;
      onWait(result.holder);
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/** @param {string} file */
function create(file) {
  try {
    writeFileSync(file, JSON.stringify({ ...self(), since: new Date().toISOString() }), { flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** @param {string} file @returns {Holder | 'writing' | 'gone'} */
function readHolder(file) {
  try {
    const text = readFileSync(file, 'utf8');
    const age = Date.now() - statSync(file).mtimeMs;
    try {
      return JSON.parse(text);
    } catch {
      // Half written: its writer is at work, or died between creating and writing.
      return age < WRITING_MS ? 'writing' : { pid: 0, started: null, since: '' };
    }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return 'gone';
    throw error;
  }
}

/**
 * Removing a dead holder's file happens under a second, short lock: else of two that saw it dead, one would remove the
 * fresh lock of the other.
 * @param {string} file
 */
function takeOver(file) {
  const guard = `${file}.takeover`;
  try {
    mkdirSync(guard);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    const age = Date.now() - (statSync(guard, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > TAKEOVER_MS) rmSync(guard, { recursive: true, force: true });
    return false;
  }
  try {
    const holder = readHolder(file);
    if (holder === 'writing' || (holder !== 'gone' && isRunning(holder))) return false;
    rmSync(file, { force: true });
    return create(file);
  } finally {
    rmdirSync(guard);
  }
}

/** @param {string} file */
function releaseOwn(file) {
  const holder = readHolder(file);
  if (typeof holder === 'object' && holder.pid === process.pid) rmSync(file, { force: true });
}

/** @param {unknown} error */
const codeOf = (error) => (error instanceof Error && 'code' in error ? error.code : undefined);
