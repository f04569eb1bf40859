import { spawn } from 'node:child_process';

const TAIL_CHARS = 2_000;

/**
 * Runs a program to its end within `limitMs`; fails with the last of what it wrote. At the limit its whole process group ends.
 * @param {string} program
 * @param {string[]} args
 * @param {{ limitMs: number, cwd?: string, env?: Record<string, string> }} options
 * @returns {Promise<void>}
 */
export function run(program, args, { limitMs, cwd, env }) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    let tail = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (data) => (tail = (tail + data).slice(-TAIL_CHARS)));
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    }, limitMs);
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.on('close', (exitCode) => {
      clearTimeout(timer);
      if (exitCode === 0) resolve();
      else
        reject(
          new Error(
            `${program} ${args[0] ?? ''} ${late ? `took more than ${limitMs / 1_000} s` : `failed: ${tail.trim().split('\n').at(-1)}`}`,
          ),
        );
    });
  });
}
