/** Workers as processes of their own, so that they can be killed; and the programs that they run. */
import { execFile, spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { until } from '../setup/until.ts';

const root = path.resolve(import.meta.dirname, '../..');
const run = promisify(execFile);

export interface WorkerProcess {
  pid: number;
  /** Resolves once it polls all its queues; rejects with the end of its log when it ends before. */
  ready: Promise<void>;
  /** Resolves with how it ended. */
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  isRunning(): boolean;
  kill(signal: NodeJS.Signals): void;
}

/** Starts workers/main.ts with this environment; its log lines go to `logFile`. */
export function spawnWorker(environment: Record<string, string | undefined>, logFile: string): WorkerProcess {
  const child = spawn(process.execPath, ['--import', 'tsx', 'workers/main.ts'], {
    cwd: root,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let running = true;
  let log = '';
  let announce = () => {};
  const polls = new Promise<void>((resolve) => {
    announce = resolve;
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      appendFileSync(logFile, text);
      log = (log + text).slice(-20_000);
      if (log.includes('worker ready')) announce();
    });
  }
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('exit', (code, signal) => {
      running = false;
      resolve({ code, signal });
    });
  });
  const ready = Promise.race([
    polls,
    ended.then(({ code, signal }) => {
      throw new Error(`The worker ended (${code ?? signal}):\n${log.split('\n').slice(-30).join('\n')}`);
    }),
  ]);
  // Whoever does not wait for readiness may end the worker before it.
  ready.catch(() => {});
  return {
    pid: child.pid ?? 0,
    ready,
    ended,
    isRunning: () => running,
    kill: (signal) => {
      child.kill(signal);
    },
  };
}

type Running = { pid: number; parent: number; args: string };

async function running(): Promise<Running[]> {
  const { stdout } = await run('ps', ['-A', '-ww', '-o', 'pid=,ppid=,stat=,args=']);
  return stdout.split('\n').flatMap((line) => {
    const [, pid = '', parent = '', state = '', args = ''] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
    return pid === '' || state.startsWith('Z') ? [] : [{ pid: Number(pid), parent: Number(parent), args }];
  });
}

/** Process ids of ffmpeg runs whose command line holds all of `marks`. */
export async function ffmpegRuns(...marks: string[]): Promise<number[]> {
  const found = (await running()).filter(
    ({ args }) => /^\S*ffmpeg\s/.test(args) && marks.every((mark) => args.includes(mark)),
  );
  return found.map(({ pid }) => pid);
}

/** Process ids of the inference processes that these workers have started. */
export async function inferenceProcesses(workers: WorkerProcess[]): Promise<number[]> {
  const owners = new Set(workers.map(({ pid }) => pid));
  const found = (await running()).filter(
    ({ parent, args }) => owners.has(parent) && /clients\/(?:embedder|speech)\/process\.ts/.test(args),
  );
  return found.map(({ pid }) => pid);
}

/** Resolves once none of these runs any more. */
export const allEnded = (pids: number[]): Promise<true> =>
  until(async () => ((await running()).some(({ pid }) => pids.includes(pid)) ? null : true));

/** Waits for such a run and stops it where it is, so that it is surely in the middle. `thaw` lets it go on. */
export async function freezeFfmpeg(...marks: string[]): Promise<{ thaw: () => void }> {
  const pid = await until(async () => (await ffmpegRuns(...marks))[0] ?? null);
  process.kill(pid, 'SIGSTOP');
  return { thaw: () => signalIfThere(pid, 'SIGCONT') };
}

/** Signals a process that may have ended meanwhile. */
export function signalIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
