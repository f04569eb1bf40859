/** What a killed process left half done in a folder. */
import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';

/**
 * Removes files and folders directly in `folder` whose name holds `mark`; where others may be writing, only those not touched for
 * `olderThanMs`. A folder that is not there has none.
 */
export async function removeLeftovers(folder: string, mark: string, olderThanMs = 0): Promise<void> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  for (const name of names.filter((found) => found.includes(mark))) {
    if (olderThanMs > 0 && Date.now() - (await modifiedAt(path.join(folder, name))) < olderThanMs) continue;
    // A program that outlived its worker may still be writing there.
    await rm(path.join(folder, name), { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Epoch milliseconds; of a file that has gone meanwhile: now. */
const modifiedAt = (file: string): Promise<number> =>
  stat(file).then(
    ({ mtimeMs }) => mtimeMs,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return Date.now();
      throw error;
    },
  );
