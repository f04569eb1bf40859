/** A TCP proxy that can act at the very moment a request passes, and outlives the component behind it. */
import { connect, createServer, type Socket } from 'node:net';

export interface Proxy {
  url: string;
  /** Where connections go from now on. */
  target(port: number): void;
  /** Resolves when bytes towards the component hold `text`; `act` runs before they are handed on. */
  onRequest(text: string, act: () => void): Promise<void>;
  close(): Promise<void>;
}

export async function startProxy(firstPort: number): Promise<Proxy> {
  let port = firstPort;
  let watch: ((chunk: Buffer) => void) | null = null;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const component = connect({ port, host: '127.0.0.1' });
    for (const socket of [client, component]) {
      sockets.add(socket);
      socket.once('close', () => {
        sockets.delete(socket);
        client.destroy();
        component.destroy();
      });
      // Either side may be cut off: that is what this is for. 'close' follows and ends the other.
      socket.on('error', () => {});
    }
    client.on('data', (chunk) => {
      watch?.(chunk);
      component.write(chunk);
    });
    component.pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const own = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${own}`,
    target(next) {
      port = next;
    },
    onRequest: (text, act) =>
      new Promise((resolve) => {
        watch = (chunk) => {
          if (!chunk.includes(text)) return;
          watch = null;
          act();
          resolve();
        };
      }),
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
