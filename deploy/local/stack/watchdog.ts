/** Ends the components when this process dies without stopping them, by kill -9 or a crash. */
import { spawn } from 'node:child_process';

/** The shell reads the pids to guard; when the pipe closes without a last empty line, their owner is dead. */
const SCRIPT = 'pids=; while read -r line; do pids=$line; done; [ -n "$pids" ] && kill -INT $pids; exit 0';

export type Watchdog = { guard: (pids: number[]) => void; dismiss: () => void };

/** A tiny shell that outlives us by a moment. INT is what every component takes for an orderly stop. */
export function startWatchdog(): Watchdog {
  const shell = spawn('/bin/sh', ['-c', SCRIPT], { stdio: ['pipe', 'ignore', 'ignore'], detached: true, cwd: '/' });
  shell.unref();
  // Without it a crash leaves orphans until the next start, which finds them: no reason to fail.
  shell.on('error', () => {});
  shell.stdin.on('error', () => {});
  return {
    guard: (pids) => shell.stdin.write(`${pids.join(' ')}\n`),
    dismiss: () => shell.stdin.end('\n'),
  };
}
