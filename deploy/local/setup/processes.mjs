// @ts-check
/** Telling one process from another: a pid alone is not enough, since the system gives it out again. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * A mark of when the process began, the same for its whole life; null when it does not run (a zombie counts as gone).
 * @param {number} pid
 * @returns {string | null}
 */
export function processStart(pid) {
  if (process.platform === 'linux') {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // The second field is the program's name in brackets and may hold spaces: count from its end.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return fields[0] === 'Z' ? null : (fields[19] ?? null);
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || null;
  } catch {
    // ps answers with exit code 1 when no such process runs.
    return null;
  }
}

/** @param {unknown} error */
const isMissing = (error) =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH');

/**
 * Whether the very process noted earlier still runs.
 * @param {{ pid: number, started: string | null }} noted
 */
export const isRunning = ({ pid, started }) => started !== null && processStart(pid) === started;

/** This process, as others can recognise it. */
export const self = () => ({ pid: process.pid, started: processStart(process.pid) });
