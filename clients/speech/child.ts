/** One process with a loaded model, and its conversation: a task at a time. */
import { type ChildProcess, fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isErrorCode, TapeworksError } from '../../contracts/errors.ts';
import { cancelledError } from '../cancelled.ts';
import type { Answers, Loaded, Reply, SpeechOptions, TaskOf } from './types.ts';

const STDERR_TAIL_CHARS = 2_000;
const INHERITED = ['PATH', 'HOME', 'LANG', 'TMPDIR', 'TEMP', 'SystemRoot', 'LD_LIBRARY_PATH', 'CUDA_VISIBLE_DEVICES'];

export type Child = {
  loaded: Loaded;
  /** Whether it can take a task. */
  alive(): boolean;
  /** Aborting ends the process. Errors: those of the recogniser, `SPEECH_FAILED` when the process ends, `CANCELLED`. */
  ask<Kind extends keyof Answers>(task: TaskOf<Kind>, signal?: AbortSignal): Promise<Answers[Kind]>;
  end(): void;
};

/** Starts the process and loads the model. */
export async function startChild(options: SpeechOptions, signal?: AbortSignal): Promise<Child> {
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  const child = fork(fileURLToPath(new URL('./process.ts', import.meta.url)), [], {
    execArgv: ['--import', tsx],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: Object.fromEntries(INHERITED.map((name) => [name, process.env[name]])),
  });
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-STDERR_TAIL_CHARS);
  });
  // Sending to a process that has just ended raises this as well as its exit, which tells more.
  child.on('error', (error) => {
    stderr = `${stderr}\n${error.message}`;
  });
  const end = () => child.kill('SIGKILL');
  let last = 0;
  const ask = <Kind extends keyof Answers>(task: TaskOf<Kind>, abort?: AbortSignal) =>
    talk<Kind>({ child, id: ++last, task, abort, evidence: () => stderr.trim(), end });
  try {
    return { loaded: await ask<'load'>({ kind: 'load', options }, signal), alive: () => isAlive(child), ask, end };
  } catch (error) {
    end();
    throw error;
  }
}

const isAlive = (child: ChildProcess) => child.connected && child.exitCode === null && child.signalCode === null;

type Talk<Kind extends keyof Answers> = {
  child: ChildProcess;
  id: number;
  task: TaskOf<Kind>;
  abort: AbortSignal | undefined;
  evidence: () => string;
  end: () => void;
};

function talk<Kind extends keyof Answers>({
  child,
  id,
  task,
  abort,
  evidence,
  end,
}: Talk<Kind>): Promise<Answers[Kind]> {
  return new Promise((resolve, reject) => {
    const settle = () => {
      child.off('message', onMessage).off('exit', onExit);
      abort?.removeEventListener('abort', end);
    };
    const onExit = (exitCode: number | null, killedBy: string | null) => {
      settle();
      if (abort?.aborted) return reject(cancelledError('Speech recognition', abort));
      const details = { exitCode, killedBy, stderr: evidence() };
      reject(new TapeworksError('SPEECH_FAILED', 'The process of the speech model ended by itself.', details));
    };
    const onMessage = (reply: Reply) => {
      if (reply.id !== id) return;
      settle();
      if ('answer' in reply) return resolve(reply.answer as Answers[Kind]);
      const { code, message, details } = reply.error;
      reject(new TapeworksError(isErrorCode(code) ? code : 'SPEECH_FAILED', message, details));
    };
    if (!isAlive(child)) return onExit(child.exitCode, child.signalCode);
    child.on('message', onMessage).once('exit', onExit);
    abort?.addEventListener('abort', end, { once: true });
    if (abort?.aborted) end();
    else child.send({ id, task }, () => {});
  });
}
