/** Reads a finished clip back, in one launch: every packet, and the frames around the joins decoded. */
import { inputArguments } from '../input.ts';
import type { ProbePrograms } from '../probe.ts';
import { runProgram } from '../run.ts';
import type { SegmentRequest } from './segments.ts';

/** Frames decoded on either side of a join. */
const AROUND = 3;

type Line = { stream: number; dts: number; pts: number; ticks: number; size: number };

/** What is wrong with the clip, or null. */
export async function findFault(
  programs: ProbePrograms,
  file: string,
  { plan, index, video }: SegmentRequest,
  signal?: AbortSignal,
): Promise<string | null> {
  const { num, den } = index.timeBase;
  const frame = (plan.frameTicks * num) / den;
  const [start = 0] = plan.pts;
  const joins = [...(plan.head > 0 ? [plan.head] : []), ...(plan.tail > 0 ? [plan.head + plan.copied] : [])];
  const windows = joins.map((join) => {
    const from = Math.max(0, join - AROUND);
    const at = (((plan.pts[from] ?? start) - start) * num) / den;
    return { seconds: Math.max(0, at - frame / 4), frames: Math.min(join + AROUND, plan.pts.length) - from };
  });
  const sound = index.audio ? 1 : 0;
  const args = [
    ...['-nostdin', '-loglevel', 'warning'],
    ...inputArguments(file),
    ...windows.flatMap(({ seconds, frames }) =>
      inputArguments(file, ['-ss', seconds.toFixed(6), '-t', ((frames + 0.5) * frame).toFixed(6)]),
    ),
    ...['-map', '0', ...windows.flatMap((_, at) => ['-map', `${at + 1}:v:0`]), '-c', 'copy'],
    ...windows.flatMap(({ frames }, at) => [`-c:v:${at + 1}`, 'rawvideo', `-frames:v:${at + 1}`, String(frames)]),
    ...['-fps_mode', 'passthrough', '-copyts', '-f', 'framecrc', '-'],
  ];
  const { stdout, stderr } = await runProgram({ program: programs.ffmpeg, args, signal });
  if (/error|corrupt|concealing|missing|invalid|non-existing/i.test(stderr))
    return 'the frames around a join do not decode';
  const lines = readLines(stdout.toString('utf8'));
  for (const [at, { frames }] of windows.entries()) {
    if (lines.filter(({ stream }) => stream === 1 + sound + at).length !== frames)
      return 'frames are missing at a join';
  }

  const packets = lines.filter(({ stream }) => stream === 0);
  const expected = plan.pts.map((pts) => (pts - start) * num);
  const shown = packets.map(({ pts }) => pts).toSorted((a, b) => a - b);
  if (packets.length !== expected.length) return `${packets.length} frames instead of ${expected.length}`;
  if (packets.some(({ dts, pts }, at) => dts > pts || dts <= (packets[at - 1]?.dts ?? Number.NEGATIVE_INFINITY)))
    return 'decode times out of order';
  if (shown.some((pts, at) => pts !== expected[at])) return 'frames at other times than in the source';
  const copied = packets.slice(plan.head, plan.head + plan.copied);
  const isVerbatim = video.codec_name === 'h264' || video.codec_name === 'vp9';
  if (isVerbatim && copied.some(({ size }, at) => size !== plan.sizes[at]))
    return 'copied packets differ from the source';
  return null;
}

const readLines = (printed: string): Line[] =>
  printed
    .split('\n')
    .filter((line) => /^\d+,/.test(line))
    .map((line) => {
      const [stream = 0, dts = 0, pts = 0, ticks = 0, size = 0] = line.split(',').map(Number);
      return { stream, dts, pts, ticks, size };
    });
