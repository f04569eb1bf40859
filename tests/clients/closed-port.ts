import { once } from 'node:events';
import { createServer } from 'node:net';

/** A URL of this machine where nothing listens. */
export async function closedUrl(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('a TCP port expected');
  return `http://127.0.0.1:${address.port}`;
}
