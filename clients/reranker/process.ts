/** Main program of the reranker's process: ONNX Runtime computes for seconds without a pause, in which the API would answer nobody. */
import { loadScorer, type Scorer } from './scorer.ts';
import type { Reply, Request, Task } from './types.ts';

let scorer: Scorer | null = null;

async function run(task: Task): Promise<number[]> {
  if (task.kind === 'load') {
    scorer = await loadScorer(task.folder);
    return [];
  }
  if (!scorer) throw new Error('no model is loaded');
  return scorer(task.query, task.passages);
}

const reply = ({ id, task }: Request): Promise<Reply> =>
  run(task).then(
    (scores) => ({ id, scores }),
    (error: unknown) => ({ id, failed: error instanceof Error ? error.message : String(error) }),
  );

// A Ctrl-C reaches every process of the terminal; the API decides when this one ends. It also ends when the API is gone.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
process.on('disconnect', () => process.exit(0));
process.on('message', (request: Request) => {
  void reply(request).then((answer) => process.send?.(answer));
});
