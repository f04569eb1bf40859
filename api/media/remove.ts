/**
 * Deletes an item and all that came from it. The row goes last: a deletion that breaks off is completed by sending it again.
 */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { resolveInside } from '../../clients/files/index.ts';
import { TapeworksError } from '../../contracts/errors.ts';
import { workflowId } from '../../contracts/names.ts';
import type { ApiDependencies } from '../deps.ts';
import { activeRunId } from '../runs/active.ts';
import { cancelRun } from '../runs/steer.ts';
import type { FoundMedia } from './find.ts';
import { uploadsFolder } from './upload.ts';

type RemoveDependencies = Pick<ApiDependencies, 'config' | 'database' | 'temporal' | 'searchIndex' | 'log'>;

/** How long a cancelled run is waited for: ffmpeg ends within 2 s, the rest is book-keeping. */
const CANCEL_WAIT_MS = 20_000;
const POLL_MS = 250;

/** Throws CONFLICT while the item is processed, unless `cancel`; QDRANT_UNAVAILABLE before anything is deleted. */
export async function removeMedia(
  deps: RemoveDependencies,
  item: FoundMedia,
  { cancel }: { cancel: boolean },
): Promise<void> {
  const { database, searchIndex } = deps;
  await endRun(deps, workflowId.processMedia(item.videoId), cancel);
  await database.outbox.deleteMany({ where: { mediaItemId: item.id, dispatchedAt: null } });
  await searchIndex.deleteMedia(item.id);
  await removeFiles(deps, item);
  await database.$transaction([
    // A strategy rests on all the moments it cites; without some of them its rules would stand uncited.
    database.strategy.deleteMany({
      where: { OR: [{ mediaItemIds: { has: item.id } }, { citations: { some: { cue: { mediaItemId: item.id } } } }] },
    }),
    database.mediaItem.deleteMany({ where: { id: item.id } }),
  ]);
  // A run that embeds posted segments may have written points until its item was gone.
  await searchIndex.deleteMedia(item.id);
}

async function endRun(deps: RemoveDependencies, id: string, cancel: boolean): Promise<void> {
  const runId = await activeRunId(deps, id);
  if (runId === null) return;
  if (!cancel) {
    throw new TapeworksError('CONFLICT', 'The item is being processed; send ?cancel=true to cancel that first.', {
      workflowId: id,
      runId,
    });
  }
  await cancelRun(deps, id, 'its media item is deleted');
  for (let waited = 0; waited < CANCEL_WAIT_MS; waited += POLL_MS) {
    if ((await activeRunId(deps, id)) === null) return;
    await sleep(POLL_MS);
  }
  throw new TapeworksError('CONFLICT', 'The run was cancelled but has not ended yet; send the deletion again.', {
    workflowId: id,
    runId,
  });
}

async function removeFiles({ config, database }: RemoveDependencies, item: FoundMedia): Promise<void> {
  const [clips, frames] = await Promise.all([
    database.clip.findMany({ where: { mediaItemId: item.id }, select: { path: true, thumbnailPath: true } }),
    database.frame.findMany({ where: { mediaItemId: item.id }, select: { path: true } }),
  ]);
  const files = [
    ...clips.flatMap((clip) => [clip.path, clip.thumbnailPath ?? []].flat()),
    ...frames.map((frame) => frame.path),
  ];
  for (const relative of files) {
    const file = await insideOrGone(config.DATA_DIR, relative);
    if (file !== null) await rm(file, { force: true });
  }
  // The item's own folders also hold captions and what an interrupted run left.
  for (const kind of ['clips', 'frames'])
    await rm(path.resolve(config.DATA_DIR, kind, String(item.id)), { recursive: true, force: true });
  if (item.store === 'uploads')
    await rm(path.join(uploadsFolder(config), item.contentHash), { recursive: true, force: true });
}

async function insideOrGone(root: string, relative: string): Promise<string | null> {
  try {
    return await resolveInside(root, relative);
  } catch (error) {
    if (error instanceof TapeworksError && error.code === 'MEDIA_MISSING') return null;
    if (error instanceof TapeworksError && error.code === 'MEDIA_EMPTY') return path.resolve(root, relative);
    throw error;
  }
}
