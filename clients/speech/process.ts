/**
 * Main program of the recogniser's process. It is apart because a model computes for seconds without a pause, in which no heartbeat
 * would leave the worker; and because ending a process is the only way to stop it at once.
 */
import { TapeworksError } from '../../contracts/errors.ts';
import { loadRecogniser, type Recogniser } from './recogniser.ts';
import type { Reply, Request, Task } from './types.ts';

let recogniser: Recogniser | null = null;

async function run(task: Task) {
  if (task.kind === 'load') {
    recogniser = await loadRecogniser(task.options);
    const { device, multilingual, languages } = recogniser;
    return { device, multilingual, languages };
  }
  if (!recogniser) throw new Error('no model is loaded');
  return task.kind === 'transcribe'
    ? recogniser.transcribe(task.pcm, task.language)
    : recogniser.detectLanguage(task.pcm);
}

async function reply({ id, task }: Request): Promise<Reply> {
  try {
    return { id, answer: await run(task) };
  } catch (error) {
    const known = error instanceof TapeworksError ? error : null;
    const message = error instanceof Error ? error.message : String(error);
    return { id, error: { code: known?.code ?? null, message, details: known?.details ?? {} } };
  }
}

// A Ctrl-C reaches every process of the terminal; the worker decides when this one ends.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
process.on('disconnect', () => process.exit(0));
process.on('message', (request: Request) => {
  void reply(request).then((answer) => process.send?.(answer));
});
