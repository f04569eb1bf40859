// @ts-check
/** Finding programs the way a shell does, without starting one. */
import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';
import { mediaBinDir } from './paths.mjs';

/**
 * Full path of a program on PATH, or null. A name with a slash is a path already.
 * @param {string} name
 * @param {string[]} [also] folders looked in after PATH
 */
export function findProgram(name, also = []) {
  if (name.includes('/')) return isExecutable(path.resolve(name)) ? path.resolve(name) : null;
  const folders = [...(process.env.PATH ?? '').split(path.delimiter), ...also];
  for (const folder of folders) {
    if (folder === '') continue;
    const file = path.join(folder, name);
    if (isExecutable(file)) return file;
  }
  return null;
}

/** The same for ffmpeg, ffprobe, tesseract, espeak-ng, which may have been prepared below `.tools/`. @param {string} name */
export const findMediaProgram = (name) => findProgram(name, [mediaBinDir]);

/** @param {string} file */
export function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    // Absent, a broken link or not ours to run: for the search all the same.
    return false;
  }
}
