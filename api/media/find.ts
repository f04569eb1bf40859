/** An item by what a URL names it: its id or its video_id. */
import type { Database } from '../../clients/database/client.ts';
import { TapeworksError } from '../../contracts/errors.ts';
import { MAX_ID } from '../../contracts/http/common.ts';

export const mediaCounts = {
  _count: { select: { cues: true, hits: true, clips: true, concepts: true, frames: true, embeddings: true } },
} as const;

/** Throws NOT_FOUND. A video_id of digits is found where no item has that id. */
export async function findMedia(database: Database, reference: string) {
  const id = /^\d{1,10}$/.test(reference) && Number(reference) <= MAX_ID ? Number(reference) : null;
  const item =
    (id === null ? null : await database.mediaItem.findUnique({ where: { id }, include: mediaCounts })) ??
    (await database.mediaItem.findUnique({ where: { videoId: reference }, include: mediaCounts }));
  if (!item) throw new TapeworksError('NOT_FOUND', `There is no media item "${reference.slice(0, 120)}".`);
  return item;
}
export type FoundMedia = Awaited<ReturnType<typeof findMedia>>;
