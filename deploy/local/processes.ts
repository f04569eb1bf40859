/** One worker process for all queues and the API, on a stack: started, watched, restarted when they crash. */
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Config } from '../../contracts/config.ts';
import { TapeworksError } from '../../contracts/errors.ts';
import { fromRoot, rootDir } from './setup/paths.mjs';
import { type Child, logTail, startChild } from './stack/child.ts';
import { reservePort } from './stack/ports.ts';
import type { Stack } from './stack.ts';

export type Processes = {
  apiUrl: string;
  /** Of the processes that run now; a crash changes them. */
  pids(): { worker: number; api: number };
  /** Ends both in order; the stack stays up. Safe to call again. */
  stop(): Promise<void>;
};

export type ProcessesOptions = {
  dataDir: string;
  log: (line: string) => void;
  /** Added to the environment of both. */
  environment?: Record<string, string>;
  /** Milliseconds until /health/ready has to say yes; default 90,000. */
  readyDeadlineMs?: number;
};

const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
/** A process that lived this long starts anew with a short pause. */
const STEADY_MS = 60_000;
/** On one machine somebody waits for the end: what does not finish by then is cancelled, and done again by the next start. */
const SHUTDOWN_GRACE_S = '5';
/** The grace, the cancelling, and some more. */
const STOP_DEADLINE_MS = 20_000;

/**
 * Starts worker and API and answers once the API reports ready (every queue polled, all components reachable). The API
 * takes PORT when it is free, else another, and says so. Throws `TapeworksError` with the reason and the logs' ends.
 */
export async function startProcesses(stack: Stack, config: Config, options: ProcessesOptions): Promise<Processes> {
  const reserved = await reservePort(config.PORT);
  const apiUrl = `http://${reachable(config.HOST)}:${reserved.port}`;
  if (config.PORT !== 0 && reserved.port !== config.PORT)
    options.log(`API: port ${config.PORT} is taken, using ${reserved.port}`);
  const environment = {
    SHUTDOWN_GRACE_S,
    ...process.env,
    ...stack.environment(),
    PORT: String(reserved.port),
    ...options.environment,
  };
  const worker = keepRunning('Worker', 'workers/main.ts', environment, stack, options);
  const api = keepRunning('API', 'api/main.ts', environment, stack, options, reserved.port);
  const stop = async () => {
    await Promise.all([api.stop(), worker.stop()]);
  };
  try {
    await untilReady(apiUrl, [api, worker], options.readyDeadlineMs ?? 90_000);
  } catch (error) {
    await stop();
    throw error;
  } finally {
    reserved.release();
  }
  stack.publish({ apiUrl });
  return { apiUrl, stop, pids: () => ({ worker: worker.current().pid, api: api.current().pid }) };
}

/** Where an API that listens on `host` can be asked from here. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}

type Kept = { current: () => Child; crashes: () => number; stop: () => Promise<void> };

/** Keeps one process running: after a crash it starts again, each time after a longer pause. */
function keepRunning(
  name: string,
  file: string,
  environment: Record<string, string | undefined>,
  stack: Stack,
  options: ProcessesOptions,
  port?: number,
): Kept {
  let pauseMs = FIRST_PAUSE_MS;
  let crashes = 0;
  let stopping = false;
  let timer: NodeJS.Timeout | undefined;

  function start(): Child {
    const child = startChild({
      name,
      command: process.execPath,
      args: ['--import', tsx, fromRoot(file)],
      cwd: rootDir,
      env: environment,
      logFile: path.join(options.dataDir, 'logs', `${name.toLowerCase()}.log`),
      stopDeadlineMs: STOP_DEADLINE_MS,
    });
    stack.track(child, port);
    void restartOnceEnded(child, performance.now());
    return child;
  }

  async function restartOnceEnded(child: Child, began: number): Promise<void> {
    const how = await child.ended;
    if (stopping || stack.isStopping()) return;
    crashes += 1;
    if (performance.now() - began > STEADY_MS) pauseMs = FIRST_PAUSE_MS;
    const pause = `${pauseMs / 1000} s`;
    options.log(`${name} ${how}; starting it again in ${pause}\n${logTail(child.logFile)}\n(log: ${child.logFile})`);
    timer = setTimeout(() => {
      if (!stack.isStopping()) current = start();
    }, pauseMs);
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
  }

  let current = start();
  return {
    current: () => current,
    crashes: () => crashes,
    async stop() {
      stopping = true;
      clearTimeout(timer);
      await current.stop();
    },
  };
}

const CRASHES_ALLOWED = 2;

async function untilReady(apiUrl: string, kept: Kept[], deadlineMs: number): Promise<void> {
  const deadline = performance.now() + deadlineMs;
  let last = 'no answer';
  while (performance.now() < deadline && kept.every(({ crashes }) => crashes() <= CRASHES_ALLOWED)) {
    try {
      const answer = await fetch(`${apiUrl}/health/ready`, { signal: AbortSignal.timeout(5_000) });
      const body = await answer.text();
      if (answer.ok) return;
      last = `${answer.status} ${body}`;
    } catch (error) {
      // It does not listen yet: expected for the first seconds.
      last = error instanceof Error ? error.message : String(error);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const logs = kept.map(
    ({ current }) => `${current().name} (log: ${current().logFile}):\n${logTail(current().logFile)}`,
  );
  throw new TapeworksError(
    'INTERNAL',
    `The API did not become ready (${last}); the ends of the logs say why:\n${logs.join('\n')}`,
  );
}
