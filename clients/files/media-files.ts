/** Finding lessons in a folder, and the transcript that belongs to one. */
import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import type { MediaKind } from '../../contracts/media.ts';
import { throwIfCancelled } from '../cancelled.ts';
import { isInside, resolveInside } from './resolve-inside.ts';

const VIDEO_EXTENSIONS = '.mp4 .m4v .mov .mkv .webm .avi .ts .mts .m2ts .mpg .mpeg .flv .wmv .ogv .3gp'.split(' ');
const AUDIO_EXTENSIONS = '.mp3 .m4a .aac .wav .flac .ogg .oga .opus .wma .aiff'.split(' ');
export const MEDIA_EXTENSIONS = [...VIDEO_EXTENSIONS, ...AUDIO_EXTENSIONS];
/** In order of preference: formats that only captions have, then those that may hold anything; plain text last. */
export const TRANSCRIPT_EXTENSIONS = '.srt .vtt .json3 .ttml .dfxp .srv3 .srv2 .srv1 .json .xml .txt'.split(' ');
/** Any JSON, XML or text may lie about; such a file counts as a transcript only beside its media file, or when named. */
const TRANSCRIPTS_ALONE = TRANSCRIPT_EXTENSIONS.slice(0, -3);
/** "en", "pt-BR". */
const LANGUAGE = /^[a-z]{2,3}(-[a-z0-9]{2,8})*$/i;

/** What a file's name says it is; the probe has the last word. */
export function mediaKindOf(file: string): MediaKind {
  const extension = path.extname(file).toLowerCase();
  if (TRANSCRIPT_EXTENSIONS.includes(extension)) return 'transcript';
  return AUDIO_EXTENSIONS.includes(extension) ? 'audio' : 'video';
}

/**
 * The transcript beside a media file: the same name with one of `TRANSCRIPT_EXTENSIONS`, else one with a language between
 * ("lesson.en.srt"), English first. `null`: none. Symbolic links are not followed.
 */
export async function findSidecar(mediaPath: string): Promise<string | null> {
  const folder = path.dirname(mediaPath);
  const names = (await readdir(folder, { withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name);
  const [best] = sidecarsOf(path.basename(mediaPath), names);
  return best === undefined ? null : path.join(folder, best);
}

/** Best first. */
function sidecarsOf(mediaName: string, names: string[]): string[] {
  const stem = path.parse(mediaName).name;
  const ranked = names.flatMap((name) => {
    const { name: rest, ext } = path.parse(name);
    const format = TRANSCRIPT_EXTENSIONS.indexOf(ext.toLowerCase());
    if (format < 0 || name === mediaName) return [];
    if (rest === stem) return [{ name, rank: format }];
    const language = rest.startsWith(`${stem}.`) ? rest.slice(stem.length + 1) : '';
    if (!LANGUAGE.test(language)) return [];
    return [{ name, rank: (/^en(-|$)/i.test(language) ? 100 : 200) + format }];
  });
  return ranked.sort((a, b) => a.rank - b.rank || (a.name < b.name ? -1 : 1)).map(({ name }) => name);
}

/**
 * Media files under `folder` (relative to `root`, with its subfolders), and transcripts that stand alone; paths relative to
 * `root`, sorted. Left out: dot files, empty files, links that lead out of `root`. Errors: those of `resolveInside`, `CANCELLED`.
 */
export async function walkMedia(
  root: string,
  folder: string,
  { signal }: { signal?: AbortSignal | undefined } = {},
): Promise<string[]> {
  const realRoot = await realpath(root);
  const found: string[] = [];
  const seen = new Set<string>();
  const visit = async (dir: string): Promise<void> => {
    throwIfCancelled('Listing the folder', signal);
    const realDir = await realpath(dir);
    // A link to a folder above would never end.
    if (seen.has(realDir)) return;
    seen.add(realDir);
    const { files, folders } = await readable(realRoot, dir);
    for (const name of mediaAmong(files)) found.push(path.relative(realRoot, path.join(dir, name)));
    for (const name of folders) await visit(path.join(dir, name));
  };
  await visit(await resolveInside(root, folder));
  return found.sort();
}

async function readable(realRoot: string, dir: string): Promise<{ files: string[]; folders: string[] }> {
  const files: string[] = [];
  const folders: string[] = [];
  for (const name of await readdir(dir)) {
    if (name.startsWith('.')) continue;
    const real = await realpath(path.join(dir, name)).catch(() => null);
    // A link to nowhere, or one out of the folder.
    if (real === null || !isInside(realRoot, real)) continue;
    const entry = await stat(real);
    if (entry.isDirectory()) folders.push(name);
    else if (entry.isFile() && entry.size > 0) files.push(name);
  }
  return { files: files.sort(), folders: folders.sort() };
}

function mediaAmong(files: string[]): string[] {
  const has = (extensions: string[], name: string) => extensions.includes(path.extname(name).toLowerCase());
  const media = files.filter((name) => has(MEDIA_EXTENSIONS, name));
  const beside = new Set(media.flatMap((name) => sidecarsOf(name, files)));
  return [...media, ...files.filter((name) => has(TRANSCRIPTS_ALONE, name) && !beside.has(name))];
}
