/**
 * Media that makes a player open something else: playlists, manifests, session descriptions. They are known by their first
 * bytes before ffmpeg sees them, and by the demuxer's name after.
 */
import { open } from 'node:fs/promises';
import path from 'node:path';
import { TapeworksError } from '../../contracts/errors.ts';

const SNIFF_BYTES = 4_096;
const EXTENSIONS = '.m3u8 .m3u .mpd .ffconcat .concat .sdp .pls .asx .xspf .smil .ism .wpl .rtsp'.split(' ');
/** What such files begin with, once a byte order mark and white space are gone. */
const OPENINGS: [RegExp, string][] = [
  [/^#EXTM3U/i, 'an HLS or M3U playlist'],
  [/^#EXT-?X?-?/i, 'an HLS playlist'],
  [/^ffconcat\s+version/i, 'an ffmpeg concat list'],
  [/^file\s+['"]?\S/i, 'an ffmpeg concat list'],
  [/^v=0\r?\n/, 'an SDP session description'],
  [/^rtsptext|^SMILtext/i, 'an RTSP reference'],
  [/^\[(playlist|reference)\]/i, 'a playlist'],
];
/** In a text that begins like XML, after whatever comments. */
const MANIFEST = /<(?:\w{1,20}:)?(?:MPD|smil|playlist|SmoothStreamingMedia|CompositionPlaylist|AssetMap|asx)[\s>]/i;
/** Demuxers that open further files or addresses. */
const DEMUXERS = /^(hls|dash|concat|concatf|imf|sdp|rtsp|rtp|webm_dash_manifest|vobsub|lavfi)$/;

export const isReferringDemuxer = (name: string) => DEMUXERS.test(name);

/** Throws `MEDIA_REFERS_ELSEWHERE` for playlists and their like, `MEDIA_EMPTY` for a file without bytes. */
export async function refuseReferences(file: string): Promise<void> {
  const what = describeReference(path.extname(file).toLowerCase(), await firstBytes(file));
  if (what !== null) throw refersElsewhere(file, what);
}

export const refersElsewhere = (file: string, what: string) =>
  new TapeworksError('MEDIA_REFERS_ELSEWHERE', `${path.basename(file)} is ${what}, not media.`, { what });

/** What kind of reference this is, or `null`. `extension` is lower case with its dot. */
export function describeReference(extension: string, head: Uint8Array): string | null {
  if (EXTENSIONS.includes(extension)) return `a ${extension} list`;
  const utf16 = (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff);
  const text = new TextDecoder('latin1')
    .decode(utf16 ? head.filter((byte) => byte !== 0) : head)
    .replace(/^[\u00ef\u00bb\u00bf\u00fe\u00ff\s]+/, '');
  if (text.startsWith('<') && MANIFEST.test(text)) return 'a manifest';
  return OPENINGS.find(([opening]) => opening.test(text))?.[1] ?? null;
}

async function firstBytes(file: string): Promise<Uint8Array> {
  let handle: Awaited<ReturnType<typeof open>>;
  try {
    handle = await open(file, 'r');
  } catch (cause) {
    throw new TapeworksError('MEDIA_MISSING', `${path.basename(file)} cannot be opened.`, {}, { cause });
  }
  try {
    if (!(await handle.stat()).isFile())
      throw new TapeworksError('MEDIA_UNREADABLE', `${path.basename(file)} is no file.`);
    const { buffer, bytesRead } = await handle.read(new Uint8Array(SNIFF_BYTES), 0, SNIFF_BYTES, 0);
    if (bytesRead === 0) throw new TapeworksError('MEDIA_EMPTY', `${path.basename(file)} has no bytes.`);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
