/** What a killed process left half done in a folder. */
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';

/** Removes files and folders directly in `folder` whose name holds `mark`. A folder that is not there has none. */
export async function removeLeftovers(folder: string, mark: string): Promise<void> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  for (const name of names.filter((found) => found.includes(mark))) {
    // A program that outlived its worker may still be writing there.
    await rm(path.join(folder, name), { recursive: true, force: true, maxRetries: 3 });
  }
}
