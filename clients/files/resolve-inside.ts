/** Paths that users name. */
import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { TapeworksError } from '../../contracts/errors.ts';

/**
 * The real, absolute path of a file or folder under `root`. `named` is relative to `root`, or absolute inside it.
 * Errors: `PATH_NOT_ALLOWED` (it leads out of `root`, by `..` or a symbolic link), `MEDIA_MISSING`, `MEDIA_EMPTY` (a file
 * without bytes), `MEDIA_UNREADABLE` (neither file nor folder, or no permission).
 */
export async function resolveInside(root: string, named: string): Promise<string> {
  const realRoot = await realOf(root, root);
  const candidate = path.resolve(root, named);
  // Before the disk is asked, so that nobody learns what lies outside.
  if (named.includes('\0') || !(isInside(path.resolve(root), candidate) || isInside(realRoot, candidate)))
    throw notAllowed(named);
  const real = await realOf(candidate, named);
  if (!isInside(realRoot, real)) throw notAllowed(named);
  const found = await stat(real);
  if (!found.isFile() && !found.isDirectory())
    throw new TapeworksError('MEDIA_UNREADABLE', `${show(named)} is no file.`);
  if (found.isFile() && found.size === 0) throw new TapeworksError('MEDIA_EMPTY', `${show(named)} has no bytes.`);
  return real;
}

/** Whether `file` is `folder` or lies below it; both absolute. */
export function isInside(folder: string, file: string): boolean {
  const relative = path.relative(folder, file);
  return relative === '' || !(relative === '..' || relative.startsWith(`..${path.sep}`) || path.isAbsolute(relative));
}

async function realOf(file: string, named: string): Promise<string> {
  try {
    return await realpath(file);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code === 'EACCES' || code === 'EPERM') {
      throw new TapeworksError('MEDIA_UNREADABLE', `${show(named)} may not be read by this process.`, {}, { cause });
    }
    if (code === 'ELOOP') throw notAllowed(named);
    throw new TapeworksError('MEDIA_MISSING', `There is no ${show(named)}.`, {}, { cause });
  }
}

const notAllowed = (named: string) =>
  new TapeworksError('PATH_NOT_ALLOWED', `${show(named)} does not lie in the media folder.`);
const show = (named: string) => JSON.stringify(named.length > 200 ? `${named.slice(0, 200)}…` : named);
