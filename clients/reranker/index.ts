/** A cross-encoder: reads question and passage together, and so orders a few candidates better than their vectors do. */
import { access } from 'node:fs/promises';
import path from 'node:path';
import { TapeworksError } from '../../contracts/errors.ts';
import { type Child, startChild } from './child.ts';

/** Searches that may wait for their turn: a crowd would else wait longer than anybody stays. */
const MOST_WAITING = 16;

export type Reranker = {
  model: string;
  /**
   * One score a passage, in their order; higher answers better, and only the order means something. Of a passage longer than the
   * model's window the beginning is read. Errors: `RERANKER_UNAVAILABLE` (its process ended, and the next call starts it again; or
   * too many wait).
   */
  score(query: string, passages: string[]): Promise<number[]>;
  close(): Promise<void>;
};

/**
 * Loads the model in a process of its own. `modelDir` holds config.json, tokenizer.json, tokenizer_config.json and onnx/model.onnx
 * of a model with one output, such as ms-marco-MiniLM-L-6-v2. Nothing is fetched. Errors: `RERANKER_UNAVAILABLE` naming what is
 * missing or damaged.
 */
export async function createReranker(modelDir: string): Promise<Reranker> {
  const folder = path.resolve(modelDir);
  for (const name of ['config.json', 'tokenizer.json', 'tokenizer_config.json', path.join('onnx', 'model.onnx')])
    await access(path.join(folder, name)).catch((cause: unknown) => {
      throw unavailable(`${name} is missing in the folder of the reranking model.`, cause);
    });
  const open = () =>
    startChild(folder).catch((cause: unknown) => {
      throw unavailable(`The reranking model cannot be loaded: ${firstLine(cause, folder)}`, cause);
    });
  let child: Promise<Child> = open();
  await child;
  let waiting = 0;
  let closed = false;

  /** The process, or another in its place where it ended. */
  async function ready(): Promise<Child> {
    const known = child;
    const alive = await known.then(
      (running) => !running.ended(),
      () => false,
    );
    // Who comes second finds the first one's.
    if (!alive && child === known) child = open();
    return child;
  }

  return {
    model: path.basename(folder),
    async score(query, passages) {
      if (passages.length === 0) return [];
      if (closed) throw unavailable('The reranker was closed.');
      if (waiting >= MOST_WAITING) throw unavailable(`${waiting} searches wait for the reranking model already.`);
      waiting += 1;
      try {
        const running = await ready();
        return await running.ask({ kind: 'score', query, passages }).catch((cause: unknown) => {
          throw unavailable(`The reranking model cannot score: ${firstLine(cause, folder)}`, cause);
        });
      } finally {
        waiting -= 1;
      }
    },
    async close() {
      closed = true;
      await child.then(
        (running) => running.end(),
        () => {},
      );
    },
  };
}

const unavailable = (message: string, cause?: unknown) =>
  new TapeworksError('RERANKER_UNAVAILABLE', message, {}, cause === undefined ? {} : { cause });

/** Without the folder: paths of this machine are nobody's business. */
const firstLine = (cause: unknown, folder: string) =>
  (cause instanceof Error ? cause.message : String(cause)).split('\n')[0]?.replaceAll(folder, '') ?? '';
