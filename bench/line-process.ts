/** A peer as one process for the whole run, so that its start is not measured: a line of JSON in, a line of JSON out. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export type LineProcess = {
  /** What it says first: that it is ready, and its versions. */
  ready: unknown;
  ask(request: object): Promise<unknown>;
  close(): Promise<void>;
};

/** Throws with the end of what it said when it ends instead of answering. */
export async function startLineProcess(options: {
  name: string;
  command: string;
  args: string[];
  environment?: Record<string, string>;
}): Promise<LineProcess> {
  const child = spawn(options.command, options.args, {
    env: { ...process.env, ...options.environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-2_000);
  });
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
    child.once('error', (error) => {
      said += error.message;
      resolve();
    });
  });
  // A request to a process that is gone fails by its missing answer, which says more than a broken pipe.
  child.stdin.on('error', (error) => {
    said += error.message;
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  async function answer(): Promise<unknown> {
    const { done, value } = await lines.next();
    if (!done) return JSON.parse(value);
    await ended;
    throw new Error(`${options.name} ended without an answer:\n${said.trim()}`);
  }
  return {
    ready: await answer(),
    ask(request) {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      return answer();
    },
    async close() {
      child.stdin.end();
      await ended;
    },
  };
}
