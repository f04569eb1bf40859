/** Cuts by copying alone, from the keyframe before the wanted start. One launch, which also tells where that keyframe is. */
import { stat } from 'node:fs/promises';
import type { Probe } from '../../contracts/media.ts';
import { inputArguments, QUIETLY, seconds } from './input.ts';
import type { ProbePrograms } from './probe.ts';
import { runProgram } from './run.ts';
import { readTrackMs } from './smart-cut/mp4-boxes.ts';

/** What MP4 holds and players know. */
const VIDEO_CODECS = ['h264', 'hevc', 'vp9', 'av1', 'mpeg4'];
const AUDIO_CODECS = ['aac', 'mp3', 'opus', 'ac3', 'eac3', 'flac', 'alac'];
/** Sound and pictures of a file seldom end together. */
const SHORT_BY_MS = 500;
/** The keyframe, and pictures that are shown before it although they are stored behind. */
const FIRST_PACKETS = 8;

export type KeyframeRequest = {
  source: string;
  probe: Probe;
  startMs: number;
  wantedMs: number;
  signal?: AbortSignal | undefined;
};
/** `startMs`: where the clip really begins, at most a group of pictures before the wanted start. */
export type KeyframeCut = { method: 'copy'; durationMs: number; bytes: number; startMs: number };

/** Writes `partial`, or says why this source cannot be copied. Errors: those of `runProgram`. */
export async function keyframeCut(
  programs: ProbePrograms,
  { source, probe, startMs, wantedMs, signal }: KeyframeRequest,
  partial: string,
): Promise<KeyframeCut | { reason: string }> {
  const { videoCodec, audioCodec, formatName } = probe;
  if (!/\b(mov|matroska)\b/.test(formatName)) return { reason: `container ${formatName} without a dependable index` };
  if (probe.kind === 'video' && !VIDEO_CODECS.includes(videoCodec ?? '')) return { reason: `codec ${videoCodec}` };
  if (audioCodec !== null && !AUDIO_CODECS.includes(audioCodec)) return { reason: `sound in ${audioCodec}` };
  if (probe.kind === 'audio' && audioCodec !== 'aac') return { reason: `sound in ${audioCodec}` };
  const main = probe.kind === 'video' ? '0:V:0' : '0:a:0';
  const args = [
    ...QUIETLY,
    ...inputArguments(source, ['-ss', seconds(startMs), '-t', seconds(wantedMs)]),
    ...(probe.kind === 'video' ? ['-map', '0:V:0'] : []),
    ...['-map', '0:a:0?', '-c', 'copy', '-map_metadata', '-1', '-map_chapters', '-1'],
    ...['-avoid_negative_ts', 'make_zero', '-movflags', '+faststart'],
    ...['-f', probe.kind === 'video' ? 'mp4' : 'ipod', `file:${partial}`],
    // The first packets with their times, which count from the wanted start.
    ...['-map', main, '-c', 'copy', probe.kind === 'video' ? '-frames:v' : '-frames:a', String(FIRST_PACKETS)],
    ...['-f', 'framecrc', '-'],
  ];
  const { stdout } = await runProgram({ program: programs.ffmpeg, args, signal });
  const from = firstTimeMs(stdout.toString('utf8'));
  const lengthMs = await readTrackMs(partial);
  if (from === null || lengthMs === null || from + lengthMs < wantedMs - SHORT_BY_MS)
    return { reason: 'the packets end before the clip does' };
  return {
    method: 'copy',
    durationMs: Math.round(lengthMs),
    bytes: (await stat(partial)).size,
    startMs: Math.max(0, Math.round(startMs + from)),
  };
}

/** ffmpeg's `framecrc`: "#tb 0: 1/15360", then a line for each packet, "stream, dts, pts, duration, size, checksum". */
function firstTimeMs(printed: string): number | null {
  const [, num, den] = /^#tb 0: (\d+)\/(\d+)/m.exec(printed) ?? [];
  const times = [...printed.matchAll(/^0, *-?\d+, *(-?\d+),/gm)].map(([, pts]) => Number(pts));
  return times.length === 0 ? null : (Math.min(...times) * 1_000 * Number(num)) / Number(den);
}
