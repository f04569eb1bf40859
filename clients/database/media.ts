/** Media items by content: registering the same file twice gives the same item. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Config } from '../../contracts/config.ts';
import { errorEntry, TapeworksError } from '../../contracts/errors.ts';
import { type MediaKind, videoIdSchema } from '../../contracts/media.ts';
import { Prisma } from './generated/client.ts';
import { findSidecar, hashFile, mediaKindOf, resolveInside } from '../files/index.ts';
import type { Database, Transaction } from './client.ts';

export type MediaStore = 'media_root' | 'uploads';

export interface NewMedia {
  contentHash: string;
  /** Relative to the store's root. */
  path: string;
  store: MediaStore;
  sizeBytes: number;
  kind: MediaKind;
  videoId?: string;
  title?: string;
}

/** File name plus the start of the content hash: readable, and the same for the same file. */
export function videoIdFor(fileName: string, contentHash: string): string {
  const stem = path
    .parse(fileName)
    .name.normalize('NFKD')
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .replaceAll(/^[^A-Za-z0-9]+|-+$/g, '');
  return `${stem.slice(0, 80) || 'media'}-${contentHash.slice(0, 8)}`;
}

/** The item with this content, made when there is none. Throws CONFLICT when `videoId` belongs to other content. */
export async function registerMedia(database: Database | Transaction, media: NewMedia) {
  const known = await database.mediaItem.findUnique({ where: { contentHash: media.contentHash } });
  if (known) {
    if (media.videoId && media.videoId !== known.videoId) {
      throw new TapeworksError('CONFLICT', `This file is already here as "${known.videoId}".`, {
        videoId: known.videoId,
      });
    }
    // The file may have been moved: the newest place where it was seen is the one to read.
    return database.mediaItem.update({
      where: { id: known.id },
      data: { path: media.path, store: media.store, sizeBytes: media.sizeBytes },
    });
  }
  const videoId = videoIdSchema.parse(media.videoId ?? videoIdFor(media.path, media.contentHash));
  const { title, ...rest } = media;
  try {
    return await database.mediaItem.create({ data: { ...rest, videoId, title: title ?? path.parse(media.path).name } });
  } catch (error) {
    if (!(error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002')) throw error;
    const other = await database.mediaItem.findFirst({
      where: { OR: [{ contentHash: media.contentHash }, { videoId }] },
    });
    if (other?.contentHash === media.contentHash) return other;
    throw new TapeworksError('CONFLICT', `The id "${videoId}" belongs to another file.`, { videoId });
  }
}

/** Absolute path of an item's file. Throws MEDIA_MISSING, MEDIA_EMPTY, PATH_NOT_ALLOWED, MEDIA_UNREADABLE. */
export const mediaFile = (
  { MEDIA_ROOT, DATA_DIR }: Pick<Config, 'MEDIA_ROOT' | 'DATA_DIR'>,
  item: { store: string; path: string },
): Promise<string> => resolveInside(item.store === 'uploads' ? path.join(DATA_DIR, 'uploads') : MEDIA_ROOT, item.path);

/** As `mediaFile`; throws MEDIA_CHANGED when the file's size is another than when it was registered. */
export async function unchangedFile(
  roots: Pick<Config, 'MEDIA_ROOT' | 'DATA_DIR'>,
  item: { store: string; path: string; sizeBytes: bigint },
): Promise<string> {
  const file = await mediaFile(roots, item);
  if (BigInt((await stat(file)).size) !== item.sizeBytes) throw mediaChanged(item.path);
  return file;
}

export const mediaChanged = (named: string): TapeworksError =>
  new TapeworksError('MEDIA_CHANGED', `"${named}" holds other content than when it was registered.`);

/** SHA-256 of the transcript beside an item's file, on which a run's result depends; null: none, or the file is gone. */
export async function sidecarHash(
  roots: Pick<Config, 'MEDIA_ROOT' | 'DATA_DIR'>,
  item: { store: string; path: string },
): Promise<string | null> {
  const file = await mediaFile(roots, item).catch((error: unknown) => {
    // What is missing is told by the run that needs it; stages after `ingest` may not.
    if (error instanceof TapeworksError && !errorEntry(error.code).retryable) return null;
    throw error;
  });
  if (file === null || mediaKindOf(file) === 'transcript') return null;
  const sidecar = await findSidecar(file);
  return sidecar && hashFile(sidecar);
}
