/** Several inference processes with the same model behind one queue. One that ended is replaced at the next batch. */
import { TapeworksError } from '../../contracts/errors.ts';
import { type Child, ModelError, startChild } from './child.ts';
import type { BatchRequest, ModelOptions } from './protocol.ts';

export type Pool = {
  size: number;
  /** Vectors of windows of one length, one after the other. Errors: `EMBEDDER_UNAVAILABLE`; the next call works again. */
  run(batch: BatchRequest): Promise<Float32Array>;
  /** Waits for what runs. */
  close(): Promise<void>;
};

/** Throws what opening the model threw; no process is left behind then. */
export async function openPool(options: ModelOptions, size: number): Promise<Pool> {
  const started = await Promise.allSettled(Array.from({ length: size }, () => startChild(options)));
  const free = started.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
  const failed = started.find((start) => start.status === 'rejected');
  if (failed) {
    await Promise.all(free.map((child) => child.close()));
    throw failed.reason;
  }

  const queue: ((child: Child) => void)[] = [];
  let closed = false;
  const take = () => {
    const child = free.pop();
    return child ? Promise.resolve(child) : new Promise<Child>((resolve) => queue.push(resolve));
  };
  const giveBack = (child: Child) => {
    const next = queue.shift();
    if (next) next(child);
    else free.push(child);
  };
  return {
    size,
    async run(batch) {
      if (closed) throw new TapeworksError('EMBEDDER_UNAVAILABLE', 'The embedder has been closed.');
      let child = await take();
      try {
        if (child.ended()) child = await startChild(options);
        return await child.run(batch);
      } catch (cause) {
        throw new TapeworksError('EMBEDDER_UNAVAILABLE', describe(cause), {}, { cause });
      } finally {
        giveBack(child);
      }
    },
    async close() {
      closed = true;
      const all = await Promise.all(Array.from({ length: size }, take));
      await Promise.all(all.map((child) => child.close()));
    },
  };
}

function describe(cause: unknown): string {
  const said = cause instanceof Error ? cause.message : String(cause);
  return cause instanceof ModelError
    ? `The embedding model cannot compute: ${said}.`
    : `An embedding process broke off: ${said}. The next call starts a new one.`;
}
