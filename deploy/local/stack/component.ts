/** Bringing one component up: start, wait until it answers, try another port when its own was snatched away. */
import { type ErrorCode, TapeworksError } from '../../../contracts/errors.ts';
import { type Child, type ChildSpec, logTail, startChild } from './child.ts';
import { type ReservedPort, reservePort } from './ports.ts';

export type Component = { child: Child; port: number };

export type ComponentSpec = {
  name: string;
  code: ErrorCode;
  wantedPort: number;
  /** The process to start for a port. */
  process: (port: number) => Omit<ChildSpec, 'name'>;
  /** Throws, or answers false, while it does not answer yet. */
  isReady: (port: number) => Promise<boolean>;
  onStarted: (child: Child, port: number) => void;
  log: (line: string) => void;
};

const ATTEMPTS = 4;
const READY_DEADLINE_MS = 60_000;
const PORT_TAKEN = /address already in use|could not bind|can't set .* port/i;

/** Starts a component and waits until it is ready. Throws `TapeworksError` with the end of its log. */
export async function startComponent(spec: ComponentSpec): Promise<Component> {
  let wanted = spec.wantedPort;
  for (let attempt = 1; ; attempt += 1) {
    const reserved = await reservePort(wanted);
    const outcome = await attemptStart(spec, reserved).finally(reserved.release);
    if ('component' in outcome) {
      const { port } = outcome.component;
      if (spec.wantedPort !== 0 && port !== spec.wantedPort) {
        spec.log(`${spec.name}: port ${spec.wantedPort} is taken, using ${port}`);
      }
      return outcome.component;
    }
    if (attempt === ATTEMPTS || !PORT_TAKEN.test(outcome.tail)) {
      throw new TapeworksError(
        spec.code,
        `${spec.name} ${outcome.problem}:\n${outcome.tail}\n(log: ${outcome.logFile})`,
      );
    }
    wanted = 0;
  }
}

type Outcome = { component: Component } | { problem: string; tail: string; logFile: string };

async function attemptStart(spec: ComponentSpec, { port }: ReservedPort): Promise<Outcome> {
  const child = startChild({ ...spec.process(port), name: spec.name });
  spec.onStarted(child, port);
  const deadline = performance.now() + READY_DEADLINE_MS;
  let last = '';
  while (child.isRunning() && performance.now() < deadline) {
    try {
      if (await spec.isReady(port)) return { component: { child, port } };
    } catch (error) {
      // Not yet: expected while it starts. Kept for the message in case it never does.
      last = error instanceof Error ? error.message : String(error);
    }
    await Promise.race([child.ended, new Promise((resolve) => setTimeout(resolve, 50))]);
  }
  const problem = child.isRunning()
    ? `did not answer within ${READY_DEADLINE_MS / 1000} s (${last})`
    : await child.ended.then((how) => `could not start, it ${how}`);
  await child.stop();
  return { problem, tail: logTail(child.logFile), logFile: child.logFile };
}
