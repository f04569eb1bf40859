/** What a file must be before anything is written down about it: there, inside its root, not empty, media or a transcript. */
import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import type { NewMedia } from '../../clients/database/media.ts';
import { hashFile, mediaKindOf, resolveInside } from '../../clients/files/index.ts';
import { TapeworksError } from '../../contracts/errors.ts';
import type { MediaKind } from '../../contracts/media.ts';
import type { ApiDependencies } from '../deps.ts';

export type InspectedFile = Pick<NewMedia, 'contentHash' | 'path' | 'store' | 'sizeBytes' | 'kind'>;

/** What the file is. Throws MEDIA_EMPTY, MEDIA_UNREADABLE, MEDIA_REFERS_ELSEWHERE. */
export async function kindOfFile(
  { ffmpeg }: Pick<ApiDependencies, 'ffmpeg'>,
  file: string,
  sizeBytes: number,
  signal: AbortSignal,
): Promise<MediaKind> {
  if (sizeBytes === 0) throw new TapeworksError('MEDIA_EMPTY', `${path.basename(file)} is empty.`);
  const kind = mediaKindOf(file);
  return kind === 'transcript' ? kind : (await ffmpeg.probe(file, signal)).kind;
}

/** Looks at a file of MEDIA_ROOT and hashes it. Also throws MEDIA_MISSING and PATH_NOT_ALLOWED. */
export async function inspectPath(
  deps: Pick<ApiDependencies, 'config' | 'ffmpeg'>,
  given: string,
  signal: AbortSignal,
): Promise<InspectedFile> {
  const root = path.resolve(deps.config.MEDIA_ROOT);
  const file = await resolveInside(root, given);
  const found = await stat(file);
  if (!found.isFile()) {
    throw new TapeworksError('INVALID_INPUT', `${given} is no file; for a folder use POST /workflows/process-library.`);
  }
  const kind = await kindOfFile(deps, file, found.size, signal);
  const contentHash = await hashFile(file, { signal });
  return { contentHash, path: await relativeTo(root, file), store: 'media_root', sizeBytes: found.size, kind };
}

/** `file` may be resolved through a root that is itself a symbolic link. */
async function relativeTo(root: string, file: string): Promise<string> {
  const direct = path.relative(root, file);
  return direct.startsWith('..') ? path.relative(await realpath(root), file) : direct;
}
