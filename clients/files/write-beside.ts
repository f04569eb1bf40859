/** Lets something be written beside its target and only then take the target's name, so that no half file is ever seen. */
import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { diskError } from './disk-error.ts';

/**
 * Runs `write(partial)`, then fsync and rename to `target`, whose folder is made when missing. The partial file is removed on
 * every failure. Errors: `DISK_FULL`, and whatever `write` throws.
 */
export async function writeBeside<T>(target: string, write: (partial: string) => Promise<T>): Promise<T> {
  const partial = `${target}.partial-${randomBytes(6).toString('hex')}`;
  try {
    await mkdir(path.dirname(target), { recursive: true });
    const result = await write(partial);
    await sync(partial, 'r+');
    await rename(partial, target);
    await sync(path.dirname(target), 'r');
    return result;
  } catch (error) {
    await rm(partial, { force: true });
    throw diskError(error, target);
  }
}

async function sync(file: string, flags: string): Promise<void> {
  const handle = await open(file, flags);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
