/** Sends a file below DATA_DIR: ranges, HEAD, ETag and If-Range as RFC 9110 has them. */
import { open } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import type { Context } from 'hono';
import { resolveInside } from '../clients/files/index.ts';
import { TapeworksError } from '../contracts/errors.ts';
import { parseRange } from './range.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.mp4': 'video/mp4',
  '.m4a': 'audio/mp4',
  '.mp3': 'audio/mpeg',
  '.wav': 'audio/wav',
  '.vtt': 'text/vtt; charset=utf-8',
  '.webm': 'video/webm',
  '.mkv': 'video/x-matroska',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.csv': 'text/csv; charset=utf-8',
  '.json': 'application/json',
  '.jsonl': 'application/jsonl',
};

export interface FileToSend {
  root: string;
  /** Relative to `root`, as the database has it. */
  relative: string;
  /** ASCII without quotes. */
  downloadName: string;
  disposition: 'attachment' | 'inline';
}

/** 200, 206, 304 or, thrown, RANGE_NOT_SATISFIABLE (with Content-Range) and NOT_FOUND where the file is gone. */
export async function sendFile(
  c: Context,
  { root, relative, downloadName, disposition }: FileToSend,
): Promise<Response> {
  const handle = await open(await locate(root, relative), 'r');
  let streaming = false;
  try {
    const { size, mtimeMs, mtime } = await handle.stat();
    const etag = `"${size.toString(16)}-${Math.round(mtimeMs).toString(16)}"`;
    const headers: Record<string, string> = {
      'Accept-Ranges': 'bytes',
      'Cache-Control': 'private, no-cache',
      'Content-Disposition': `${disposition}; filename="${downloadName}"`,
      'Content-Type': TYPES[path.extname(relative).toLowerCase()] ?? 'application/octet-stream',
      ETag: etag,
      'Last-Modified': mtime.toUTCString(),
    };
    if (matches(c.req.header('if-none-match'), etag)) return c.body(null, 304, headers);
    // Ranges are for GET alone (RFC 9110, 14.2).
    const wantsPart = c.req.method === 'GET' && ifRangeHolds(c.req.header('if-range'), etag, mtime);
    const range = wantsPart ? parseRange(c.req.header('range'), size) : 'whole';
    if (range === 'unsatisfiable') {
      c.header('Content-Range', `bytes */${size}`);
      throw new TapeworksError('RANGE_NOT_SATISFIABLE', `The file has ${size} bytes.`, { size });
    }
    const { start, end } = range === 'whole' ? { start: 0, end: size - 1 } : range;
    headers['Content-Length'] = String(end - start + 1);
    if (range !== 'whole') headers['Content-Range'] = `bytes ${start}-${end}/${size}`;
    const status = range === 'whole' ? 200 : 206;
    // A stream that nobody reads would keep the file open.
    if (c.req.method === 'HEAD' || size === 0) return c.body(null, status, headers);
    streaming = true;
    return c.body(Readable.toWeb(handle.createReadStream({ start, end })) as ReadableStream, status, headers);
  } finally {
    if (!streaming) await handle.close();
  }
}

async function locate(root: string, relative: string): Promise<string> {
  try {
    return await resolveInside(root, relative);
  } catch (error) {
    if (!(error instanceof TapeworksError)) throw error;
    throw new TapeworksError(
      'NOT_FOUND',
      'The file is not on the disk any more; process the media again.',
      {},
      { cause: error },
    );
  }
}

const matches = (header: string | undefined, etag: string) =>
  header !== undefined &&
  (header.trim() === '*' || header.split(',').some((item) => item.trim().replace(/^W\//, '') === etag));

/** Without the header a range is served; with one only while the file is the same. */
function ifRangeHolds(header: string | undefined, etag: string, mtime: Date): boolean {
  if (header === undefined) return true;
  const given = header.trim();
  return given.startsWith('"') ? given === etag : given === mtime.toUTCString();
}
