/** Clips as stored: their key, whether their file is whole, and how those that are not planned any more go. */
import { rm, stat } from 'node:fs/promises';
import type { Database } from '../clients/database/client.ts';
import type { ClipPlan } from '../contracts/clips.ts';

/** Item and span of the plan. */
export const keyOf = (mediaItemId: number, { startMs, endMs }: ClipPlan) => ({ mediaItemId, startMs, endMs });

/** Whether a file is there with all its bytes. */
export async function isWhole(file: string, sizeBytes: bigint): Promise<boolean> {
  const found = await stat(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  return found !== null && BigInt(found.size) === sizeBytes;
}

/** Removes the clips that are not planned any more, with their files. */
export async function removeStale(
  database: Database,
  mediaItemId: number,
  plans: ClipPlan[],
  absolute: (relative: string) => string,
): Promise<void> {
  const kept = new Set(plans.map(({ startMs, endMs }) => `${startMs}-${endMs}`));
  const stored = await database.clip.findMany({ where: { mediaItemId } });
  for (const clip of stored.filter(({ startMs, endMs }) => !kept.has(`${startMs}-${endMs}`))) {
    await database.clip.delete({ where: { id: clip.id } });
    const vtt = clip.path.replace(/\.\w+$/, '.vtt');
    for (const file of [clip.path, clip.thumbnailPath, clip.contactSheetPath, vtt])
      if (file) await rm(absolute(file), { force: true });
  }
}
