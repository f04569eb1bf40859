/** The API process: environment → clients → HTTP, until SIGTERM or SIGINT. Prints one JSON line with its URL when it listens. */
import type { AddressInfo } from 'node:net';
import { serve, type ServerType } from '@hono/node-server';
import { ConfigError, parseConfig } from '../contracts/config.ts';
import { createApp } from './app.ts';
import { createDependencies } from './dependencies.ts';
import { keepHouse } from './housekeeping.ts';

/** Requests under way may finish; what is still open then is cut. */
const CLOSE_DEADLINE_MS = 8_000;

async function main(): Promise<void> {
  const config = parseConfig(process.env);
  const closing = new AbortController();
  const deps = createDependencies(config, closing.signal);
  const { log } = deps;
  const { server, port } = await listen(createApp(deps).fetch, config.HOST, config.PORT);
  const host = config.HOST.includes(':') ? `[${config.HOST}]` : config.HOST;
  process.stdout.write(`${JSON.stringify({ listening: `http://${host}:${port}`, pid: process.pid })}\n`);
  const housekeeping = keepHouse(deps);

  const stop = async (signal: string) => {
    if (closing.signal.aborted) return;
    log.info({ signal }, 'closing');
    closing.abort();
    await close(server);
    await housekeeping;
    await deps.close();
    log.info('closed');
    process.exit();
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      stop(signal).catch((error: unknown) => {
        log.error({ err: error }, 'closing failed');
        process.exit(1);
      });
    });
  }
}

/** A question of 2,000 characters of any script fits into the URL, three bytes a character, three letters a byte. */
const MAX_HEADER_BYTES = 64 * 1024;

function listen(fetch: Parameters<typeof serve>[0]['fetch'], hostname: string, port: number) {
  return new Promise<{ server: ServerType; port: number }>((resolve, reject) => {
    const server = serve(
      { fetch, hostname, port, serverOptions: { maxHeaderSize: MAX_HEADER_BYTES } },
      (info: AddressInfo) => resolve({ server, port: info.port }),
    );
    server.once('error', reject);
  });
}

/** A kept-alive connection becomes idle only when its last answer is out: asked again until all are closed. */
async function close(server: ServerType): Promise<void> {
  const idle = setInterval(() => {
    if ('closeIdleConnections' in server) server.closeIdleConnections();
  }, 100);
  const late = setTimeout(() => {
    if ('closeAllConnections' in server) server.closeAllConnections();
  }, CLOSE_DEADLINE_MS);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  clearInterval(idle);
  clearTimeout(late);
}

main().catch((error: unknown) => {
  const message =
    error instanceof ConfigError
      ? error.message
      : error instanceof Error
        ? (error.stack ?? error.message)
        : String(error);
  process.stderr.write(`${message}\n`);
  process.exitCode = 1;
});
