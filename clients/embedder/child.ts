/** An inference process as a function: a batch, its vectors. */
import { fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Answer, BatchRequest, ModelOptions, Request } from './protocol.ts';

/** No secrets: it only computes. */
const INHERITED = ['PATH', 'HOME', 'LANG', 'TMPDIR', 'TEMP', 'SystemRoot', 'LD_LIBRARY_PATH', 'CUDA_VISIBLE_DEVICES'];

export type Child = {
  /** Vectors of windows of one length, one after the other. One batch at a time. Throws `ModelError`, or how the process ended. */
  run(batch: BatchRequest): Promise<Float32Array>;
  /** True from the moment that it ended. */
  ended(): boolean;
  close(): Promise<void>;
};

/** The model could not be read or computed: what ONNX Runtime said, as against a process that ended. */
export class ModelError extends Error {}

/** Opens the model in a process of its own; an idle one does not keep its owner. Throws `ModelError`, or how the process ended. */
export async function startChild(options: ModelOptions): Promise<Child> {
  const fromSources = import.meta.url.endsWith('.ts');
  const tsx = () => pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  const program = fromSources ? new URL('./process.ts', import.meta.url) : new URL('./process.js', import.meta.url);
  const child = fork(fileURLToPath(program), [], {
    execArgv: fromSources ? ['--import', tsx()] : [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: Object.fromEntries(INHERITED.map((name) => [name, process.env[name]])),
  });

  let over: Error | undefined;
  let waiting: { resolve: (answer: Answer) => void; reject: (error: Error) => void } | undefined;
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const keepOwner = (keep: boolean) => {
    if (keep) {
      child.ref();
      child.channel?.ref();
    } else {
      child.unref();
      child.channel?.unref();
    }
  };
  const settled = () => {
    const current = waiting;
    waiting = undefined;
    keepOwner(false);
    return current;
  };
  const end = (error: Error) => {
    over ??= error;
    settled()?.reject(over);
  };
  child.on('message', (answer: Answer) => settled()?.resolve(answer));
  child.on('error', end);
  child.on('exit', (code, signal) => end(new Error(`it ended with ${signal ?? `code ${code}`}`)));

  const ask = (request: Request) =>
    new Promise<Answer>((resolve, reject) => {
      if (over) return reject(over);
      waiting = { resolve, reject };
      keepOwner(true);
      child.send(request);
    });
  const close = async () => {
    if (over) return;
    keepOwner(true);
    if (child.connected) child.disconnect();
    await exited;
  };

  const opened = await ask({ open: options });
  if ('failed' in opened) {
    await close();
    throw new ModelError(opened.failed);
  }
  return {
    async run(batch) {
      const answer = await ask(batch);
      if ('vectors' in answer) return answer.vectors;
      throw new ModelError('failed' in answer ? answer.failed : 'an unexpected answer');
    },
    ended: () => over !== undefined,
    close,
  };
}
