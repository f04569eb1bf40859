/** JSON lines by pino, in the shape Temporal's runtime wants. Secrets never get here: histories and errors hold ids. */
import type { Logger } from '@temporalio/worker';
import { pino } from 'pino';
import type { Config } from '../contracts/config.ts';

export function createLogger(level: Config['LOG_LEVEL']): Logger {
  const log = pino({ level, base: null });
  const write = (name: 'trace' | 'debug' | 'info' | 'warn' | 'error') => (message: string, meta?: object) =>
    log[name](meta ?? {}, message);
  return {
    log: (severity, message, meta) =>
      write(severity.toLowerCase() as 'trace' | 'debug' | 'info' | 'warn' | 'error')(message, meta),
    trace: write('trace'),
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
  };
}
