/** How ffmpeg and ffprobe are told to open a file: as a file, nothing else, by a demuxer that stays inside it. */
import path from 'node:path';

/** Demuxers of recordings; none of them opens a second file. Subtitles, images and lists are not among them. */
export const DEMUXERS = [
  'mov,matroska,avi,asf,flv,live_flv,mpegts,mpeg,mpegvideo,h264,hevc,m4v,ivf,mxf,nut,rm,dv,ogg',
  'mp3,wav,w64,flac,aac,ac3,eac3,aiff,au,amr,caf,ape,wv,tta,dts,tak,mpc,mpc8,dsf',
].join(',');

/** ffmpeg's arguments that come first: ask nothing, say errors only, replace the partial file. */
export const QUIETLY = ['-nostdin', '-loglevel', 'error', '-y'];

/** Arguments up to and with `-i`; `before` are further input options. */
export function inputArguments(file: string, before: string[] = []): string[] {
  return [...before, '-protocol_whitelist', 'file', '-format_whitelist', DEMUXERS, '-i', fileUrl(file)];
}

/** The `file:` prefix keeps a name with a colon from being read as a protocol, and one with a dash as an option. */
export const fileUrl = (file: string) => `file:${path.resolve(file)}`;

/** Seconds as ffmpeg takes them, exact to the millisecond. */
export const seconds = (ms: number) => (ms / 1_000).toFixed(3);
