/**
 * Main program of one inference process with one copy of the model. It is apart because ONNX Runtime computes without a pause, in
 * which no heartbeat would leave the worker; a process rather than a thread, since ending a thread in the middle of a computation
 * aborts the whole program.
 */
import { poolRows } from './pooling.ts';
import type { Answer, ModelOptions, Request } from './protocol.ts';
import { type ModelSession, openSession } from './session.ts';

let model: { session: ModelSession; options: ModelOptions } | undefined;

async function answer(request: Request): Promise<Answer> {
  if ('open' in request) {
    model = { session: await openSession(request.open), options: request.open };
    return { opened: true };
  }
  if (!model) throw new Error('no model is open');
  const { ids, size, length } = request;
  const { dimension, pooling } = model.options;
  const output = await model.session.run({ ids, size, length });
  if (output.length !== size * length * dimension)
    throw new Error(`the model gives ${output.length / (size * length)} columns, ${dimension} are expected`);
  return { vectors: poolRows(output, { size, length, dimension, pooling }) };
}

// A Ctrl-C reaches every process of the terminal; the owner decides when this one ends. It also ends when its owner is gone.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
process.on('disconnect', () => process.exit(0));
process.on('message', (request: Request) => {
  void answer(request)
    .catch((error): Answer => ({ failed: error instanceof Error ? error.message : String(error) }))
    .then((reply) =>
      process.send?.(reply, undefined, undefined, (error) => {
        // Its owner went while this one computed: nobody is left to be told.
        if (error) process.exit(0);
      }),
    );
});
