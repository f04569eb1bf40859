/** A component's process: its output in a log file, its end awaited, its stop bounded. */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync } from 'node:fs';
import path from 'node:path';
import { processStart } from '../setup/processes.mjs';

export type ChildSpec = {
  name: string;
  command: string;
  args: string[];
  env?: Record<string, string | undefined>;
  cwd?: string;
  /** Runs as this user; only root may ask. */
  user?: { uid: number; gid: number } | undefined;
  logFile: string;
  stopSignal?: NodeJS.Signals;
  stopDeadlineMs?: number;
};

export type Child = {
  name: string;
  pid: number;
  /** Mark of the process's start, to recognise it later. */
  started: string | null;
  logFile: string;
  /** Resolves with how it ended, once it has. */
  ended: Promise<string>;
  isRunning: () => boolean;
  /** Asks it to end, ends it by force after the deadline. Safe to call again. */
  stop: () => Promise<void>;
  /** Ends it by force, now. */
  kill: () => void;
};

const STOP_DEADLINE_MS = 10_000;

/**
 * Starts a process in a group of its own, so that a terminal's Ctrl-C reaches us alone and we stop things in order. Its
 * output goes straight into the file: nothing is lost, or blocked, when we die first.
 */
export function startChild(spec: ChildSpec): Child {
  mkdirSync(path.dirname(spec.logFile), { recursive: true });
  if (existsSync(spec.logFile)) renameSync(spec.logFile, `${spec.logFile}.previous`);
  const log = openSync(spec.logFile, 'a');
  const options: SpawnOptions = {
    cwd: spec.cwd ?? path.dirname(spec.logFile),
    env: spec.env ?? process.env,
    stdio: ['ignore', log, log],
    detached: true,
    ...spec.user,
  };
  const child = spawn(spec.command, spec.args, options);
  closeSync(log);
  let running = true;
  const ended = new Promise<string>((resolve) => {
    const finish = (how: string) => {
      running = false;
      resolve(how);
    };
    child.once('error', (error) => finish(`could not be started: ${error.message}`));
    child.once('exit', (code, signal) => finish(signal ? `ended by ${signal}` : `ended with exit code ${code}`));
  });
  const pid = child.pid ?? 0;

  async function stop(): Promise<void> {
    if (!running || pid === 0) return;
    child.kill(spec.stopSignal ?? 'SIGTERM');
    const timer = setTimeout(() => killGroup(child, pid), spec.stopDeadlineMs ?? STOP_DEADLINE_MS);
    await ended;
    clearTimeout(timer);
  }

  return {
    name: spec.name,
    pid,
    started: pid === 0 ? null : processStart(pid),
    logFile: spec.logFile,
    ended,
    isRunning: () => running,
    stop,
    kill: () => {
      if (running && pid !== 0) killGroup(child, pid);
    },
  };
}

/** By force, with the programs it started (ffmpeg): it leads a process group of its own. */
function killGroup(child: ChildProcess, pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
    child.kill('SIGKILL');
  }
}

/** The last lines of a log, for messages. */
export function logTail(file: string, lines = 16): string {
  if (!existsSync(file)) return '';
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
}
