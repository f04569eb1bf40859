/** Files that users name, and files that the product writes. */
import { writeFile } from 'node:fs/promises';
import { writeBeside } from './write-beside.ts';

export { hashFile } from './hash.ts';
export { removeLeftovers } from './leftovers.ts';
export { findSidecar, mediaKindOf, TRANSCRIPT_EXTENSIONS, walkMedia } from './media-files.ts';
export { isInside, resolveInside } from './resolve-inside.ts';
export { writeBeside } from './write-beside.ts';

/** Writes all or nothing, through to the disk; the folder is made when missing. Errors: `DISK_FULL`. */
export async function writeAtomic(file: string, data: string | Uint8Array | AsyncIterable<string>): Promise<void> {
  await writeBeside(file, (partial) => writeFile(partial, data, { flag: 'wx' }));
}
