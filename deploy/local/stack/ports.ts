/** Ports on 127.0.0.1: the usual one when it is free, else any. */
import { mkdirSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { tryLock } from '../setup/lock.mjs';

/** A port held for us against other stacks of the same user until `release`, which is due once it is bound. */
export type ReservedPort = { port: number; release: () => void };

const lockFolder = path.join(os.tmpdir(), `tapeworks-ports-${process.getuid?.() ?? 0}`);

/** `wanted` when it is free and no other stack is about to take it, else any free one; `wanted` 0 means any. */
export async function reservePort(wanted: number): Promise<ReservedPort> {
  mkdirSync(lockFolder, { recursive: true });
  for (let port = wanted; ; port = 0) {
    const candidate = port === 0 ? await anyPort() : port;
    const lock = tryLock(path.join(lockFolder, `${candidate}.lock`));
    if (!('release' in lock)) continue;
    if (await isFree(candidate)) return { port: candidate, release: lock.release };
    lock.release();
  }
}

function anyPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/** Binding alone is not proof: some systems let it pass beside a listener on all addresses. */
export async function isFree(port: number): Promise<boolean> {
  return (await canBind(port)) && !(await answers(port));
}

function canBind(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** Whether something listens on 127.0.0.1:port. */
export function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const finish = (result: boolean) => {
      socket.destroy();
      resolve(result);
    };
    socket.setTimeout(1_000, () => finish(false));
    socket.once('connect', () => finish(true)).once('error', () => finish(false));
  });
}
