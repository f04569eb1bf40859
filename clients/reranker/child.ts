/** The reranker's process, and the conversation with it. */
import { fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Reply, Task } from './types.ts';

/** No secrets: it only computes. */
const INHERITED = ['PATH', 'HOME', 'LANG', 'TMPDIR', 'TEMP', 'SystemRoot', 'LD_LIBRARY_PATH'];

export type Child = {
  /** Tasks are done in their order. Throws what the process says is wrong, or how it ended. */
  ask(task: Task): Promise<number[]>;
  ended(): boolean;
  end(): void;
};

type Waiting = { resolve: (scores: number[]) => void; reject: (error: Error) => void };

/** Starts the process and loads the model of the folder. */
export async function startChild(folder: string): Promise<Child> {
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  const child = fork(fileURLToPath(new URL('./process.ts', import.meta.url)), [], {
    execArgv: ['--import', tsx],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: Object.fromEntries(INHERITED.map((name) => [name, process.env[name]])),
  });
  const waiting = new Map<number, Waiting>();
  let over: Error | null = null;
  let last = 0;
  const fail = (error: Error) => {
    over ??= error;
    for (const { reject } of waiting.values()) reject(over);
    waiting.clear();
  };
  child.on('error', fail);
  child.on('exit', (code, signal) => fail(new Error(`its process ended with ${signal ?? `code ${code}`}`)));
  child.on('message', (reply: Reply) => {
    const asked = waiting.get(reply.id);
    waiting.delete(reply.id);
    if ('scores' in reply) asked?.resolve(reply.scores);
    else asked?.reject(new Error(reply.failed));
  });
  const ask = (task: Task) =>
    new Promise<number[]>((resolve, reject) => {
      if (over) return reject(over);
      last += 1;
      waiting.set(last, { resolve, reject });
      child.send({ id: last, task });
    });
  const end = () => {
    child.kill('SIGKILL');
  };
  try {
    await ask({ kind: 'load', folder });
  } catch (error) {
    end();
    throw error;
  }
  return { ask, ended: () => over !== null, end };
}
