/** Cuts by copying alone, from the keyframe before the wanted start. One launch, which also tells where that keyframe is. */
import { stat } from 'node:fs/promises';
import type { Probe } from '../../contracts/media.ts';
import { inputArguments, QUIETLY, seconds } from './input.ts';
import type { ProbePrograms } from './probe.ts';
import { runProgram } from './run.ts';

/** What MP4 holds and players know. */
const VIDEO_CODECS = ['h264', 'hevc', 'vp9', 'av1', 'mpeg4'];
const AUDIO_CODECS = ['aac', 'mp3', 'opus', 'ac3', 'eac3', 'flac', 'alac'];
/** Sound and pictures of a file seldom end together. */
const SHORT_BY_MS = 500;

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
    // The same packets with their times, which count from the wanted start.
    ...['-map', main, '-c', 'copy', '-f', 'framecrc', '-'],
  ];
  const { stdout } = await runProgram({ program: programs.ffmpeg, args, signal });
  const times = readTimes(stdout.toString('utf8'));
  if (!times || times.to < wantedMs - SHORT_BY_MS) return { reason: 'the packets end before the clip does' };
  return {
    method: 'copy',
    durationMs: Math.round(times.to - times.from),
    bytes: (await stat(partial)).size,
    startMs: Math.max(0, Math.round(startMs + times.from)),
  };
}

/** ffmpeg's `framecrc`: "#tb 0: 1/15360", then a line for each packet, "stream, dts, pts, duration, size, checksum". */
function readTimes(printed: string): { from: number; to: number } | null {
  const [, num, den] = /^#tb 0: (\d+)\/(\d+)/m.exec(printed) ?? [];
  const tickMs = (Number(num) / Number(den)) * 1_000;
  let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const [, pts, ticks] of printed.matchAll(/^0, *-?\d+, *(-?\d+), *(\d+),/gm)) {
    from = Math.min(from, Number(pts) * tickMs);
    to = Math.max(to, (Number(pts) + Number(ticks)) * tickMs);
  }
  return from < to ? { from, to } : null;
}
