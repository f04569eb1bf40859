/** `stack.json`: who runs the stack of a data folder, where its parts listen, and what a crash may have left running. */
import { chmodSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { TapeworksError } from '../../../contracts/errors.ts';
import { tryLock } from '../setup/lock.mjs';
import { isRunning, self } from '../setup/processes.mjs';

const running = z.object({ name: z.string(), pid: z.int(), started: z.string().nullable(), port: z.int().optional() });

const stateSchema = z.object({
  owner: z.object({ pid: z.int(), started: z.string().nullable() }),
  children: z.array(running),
  /** Filled in once everything answers. */
  urls: z
    .object({
      databaseUrl: z.string(),
      temporalAddress: z.string(),
      temporalUiUrl: z.string().nullable(),
      qdrantUrl: z.string(),
      apiUrl: z.string().optional(),
    })
    .optional(),
});

/** Content of `stack.json`. */
export type StackState = z.infer<typeof stateSchema>;

/** Another living process runs the stack of this data folder; `state` says where, when it is ready to be joined. */
export class StackBusy extends TapeworksError {
  readonly state: StackState | null;

  constructor(dataDir: string, pid: number | null, state: StackState | null) {
    const holder = pid === null ? 'another process' : `process ${pid}`;
    super(
      'CONFLICT',
      `${holder} already runs a stack on ${dataDir}. Use that one, stop it, or set DATA_DIR to another folder.`,
      { dataDir, pid },
    );
    this.state = state;
  }
}

const stateFile = (dataDir: string) => path.join(dataDir, 'stack.json');

/** The state noted in a data folder, or null when there is none that can be read. */
export function readState(dataDir: string): StackState | null {
  if (!existsSync(stateFile(dataDir))) return null;
  try {
    return stateSchema.parse(JSON.parse(readFileSync(stateFile(dataDir), 'utf8')));
  } catch (error) {
    // Of another version, or cut off by a full disk: there is nothing in it to act on.
    if (error instanceof SyntaxError || error instanceof z.ZodError) return null;
    throw error;
  }
}

/** The state of a stack that runs right now on the folder, or null. */
export function runningState(dataDir: string): StackState | null {
  const state = readState(dataDir);
  return state && isRunning(state.owner) ? state : null;
}

/** Takes the folder for this process, and ends what a killed owner left. Throws `StackBusy`. */
export async function takeDataDir(dataDir: string, log: (line: string) => void) {
  const lock = tryLock(path.join(dataDir, 'stack.lock'));
  if (!('release' in lock)) throw new StackBusy(dataDir, lock.holder?.pid ?? null, readState(dataDir));
  const before = readState(dataDir);
  for (const child of before?.children ?? []) {
    if (isRunning(child)) {
      log(`${child.name}: ending process ${child.pid}, left by a stack that was killed`);
      await endProcess(child);
    }
  }
  const state: StackState = { owner: self(), children: [] };
  write(dataDir, state);
  return {
    state,
    save: () => write(dataDir, state),
    release() {
      rmSync(stateFile(dataDir), { force: true });
      lock.release();
    },
  };
}

/** It holds the database's password. */
function write(dataDir: string, state: StackState): void {
  const file = stateFile(dataDir);
  writeFileSync(`${file}.new`, JSON.stringify(state, null, 2), { mode: 0o600 });
  chmodSync(`${file}.new`, 0o600);
  renameSync(`${file}.new`, file);
}

/** Ends exactly the process noted, never one that got its number since: TERM (INT for PostgreSQL, its quick stop), then KILL. */
export async function endProcess(noted: { pid: number; started: string | null; name?: string }): Promise<void> {
  const signals: [NodeJS.Signals, number][] = [
    [noted.name === 'PostgreSQL' ? 'SIGINT' : 'SIGTERM', 8_000],
    ['SIGKILL', 5_000],
  ];
  for (const [signal, waitMs] of signals) {
    if (!isRunning(noted)) return;
    try {
      process.kill(noted.pid, signal);
    } catch (error) {
      // Ended in between.
      if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return;
      throw error;
    }
    const deadline = performance.now() + waitMs;
    while (isRunning(noted) && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
