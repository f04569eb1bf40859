/** Runs one external program without a shell, so that no file name is ever read as a command. */
import { spawn } from 'node:child_process';
import { TapeworksError } from '../../contracts/errors.ts';
import { cancelledError, throwIfCancelled } from '../cancelled.ts';

const STDERR_TAIL_CHARS = 4_000;
/** After SIGTERM a program has this long to end by itself. */
const KILL_AFTER_MS = 1_500;

export type RunOptions = {
  program: string;
  args: string[];
  signal?: AbortSignal | undefined;
  cwd?: string;
  env?: Record<string, string>;
  /** More standard output than this ends the program; bytes, 64 MiB unless given. */
  maxOutputBytes?: number;
};
export type RunResult = { stdout: Buffer; stderr: string };

/**
 * Runs to the end. Errors: `TOOL_MISSING`, `DISK_FULL`, `CANCELLED` (the process has ended by then), and `MEDIA_TOOL_FAILED`
 * with `details.stderr`, the last lines it wrote, in which paths are cut to file names.
 */
export async function runProgram(options: RunOptions): Promise<RunResult> {
  const { program, args, signal, maxOutputBytes = 64 * 1024 * 1024 } = options;
  const name = baseName(program);
  throwIfCancelled(name, signal);
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      env: { ...inherited(), ...options.env },
    });
    const output: Buffer[] = [];
    let outputBytes = 0;
    let stderr = '';
    let killTimer: NodeJS.Timeout | undefined;
    const stop = () => {
      child.kill('SIGTERM');
      killTimer ??= setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS);
    };
    signal?.addEventListener('abort', stop, { once: true });
    const settled = () => {
      clearTimeout(killTimer);
      signal?.removeEventListener('abort', stop);
    };

    child.stdout.on('data', (chunk: Buffer) => {
      outputBytes += chunk.length;
      if (outputBytes > maxOutputBytes) stop();
      else output.push(chunk);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-STDERR_TAIL_CHARS);
    });
    child.on('error', (cause: NodeJS.ErrnoException) => {
      settled();
      reject(startError(name, cause));
    });
    child.on('close', (exitCode, killedBy) => {
      settled();
      if (signal?.aborted) return reject(cancelledError(name, signal));
      // ffmpeg may find the disk full, say so and exit with 0.
      const diskFull = /No space left on device|Disk quota exceeded/i.test(stderr);
      if (exitCode === 0 && !diskFull) return resolve({ stdout: Buffer.concat(output), stderr });
      const evidence = { program: name, exitCode, killedBy, stderr: withoutFolders(stderr).trim() };
      if (outputBytes > maxOutputBytes) {
        return reject(
          new TapeworksError('MEDIA_TOOL_FAILED', `${name} wrote more than ${maxOutputBytes} bytes.`, evidence),
        );
      }
      if (diskFull) {
        return reject(new TapeworksError('DISK_FULL', `${name} found the disk full.`, evidence));
      }
      const lastLine = evidence.stderr.split('\n').at(-1) || 'it wrote no reason';
      reject(new TapeworksError('MEDIA_TOOL_FAILED', `${name} failed: ${lastLine}`, evidence));
    });
  });
}

/** What programs need of the environment. The rest, keys and passwords among it, is no business of a decoder fed by strangers. */
function inherited(): Record<string, string | undefined> {
  const names = [
    'PATH',
    'HOME',
    'LANG',
    'LC_ALL',
    'TMPDIR',
    'TEMP',
    'SystemRoot',
    'LD_LIBRARY_PATH',
    'TESSDATA_PREFIX',
  ];
  return Object.fromEntries(names.map((name) => [name, process.env[name]]));
}

/** What a program that failed had written to standard error; empty for other errors. */
export const stderrOf = (error: unknown): string =>
  error instanceof TapeworksError && typeof error.details.stderr === 'string' ? error.details.stderr : '';

function startError(name: string, cause: NodeJS.ErrnoException): TapeworksError {
  if (cause.code === 'ENOENT' || cause.code === 'EACCES') {
    return new TapeworksError('TOOL_MISSING', `The program ${name} cannot be started.`, { program: name }, { cause });
  }
  return new TapeworksError(
    'MEDIA_TOOL_FAILED',
    `${name} did not start: ${cause.message}`,
    { program: name },
    { cause },
  );
}

const baseName = (file: string) => file.split(/[\\/]/).at(-1) ?? file;
/** Error texts reach users, who need not learn the server's folders. */
const withoutFolders = (text: string) => text.replaceAll(/(?:file:)?(?:\/[^/\n'":]+)+\/([^/\n'":]+)/g, '$1');
