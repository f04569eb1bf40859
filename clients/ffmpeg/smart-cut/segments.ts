/** Writes the parts of a clip, in one launch: the frames encoded at both ends and the packets copied between them. */
import path from 'node:path';
import { inputArguments, QUIETLY } from '../input.ts';
import type { ProbePrograms } from '../probe.ts';
import { runProgram } from '../run.ts';
import { encoderArguments } from './encoders.ts';
import type { SmartPlan } from './plan.ts';
import type { SourceIndex, StreamFacts } from './source-index.ts';

/** Packets come out of the order in which they are shown. */
const COPY_MARGIN_SECONDS = 1;

/** A part of the clip as a file of its own, which begins at 0 and lasts `seconds`. */
export type Segment = { kind: 'head' | 'copied' | 'tail'; file: string; seconds: number };
export type SegmentRequest = {
  source: string;
  index: SourceIndex;
  video: StreamFacts;
  plan: SmartPlan;
  folder: string;
};

/** The segments in their order; those without frames are left out. */
export async function writeSegments(
  programs: ProbePrograms,
  request: SegmentRequest,
  signal?: AbortSignal,
): Promise<Segment[]> {
  const { index, plan, folder } = request;
  const tick = index.timeBase.num / index.timeBase.den;
  const [start = 0] = plan.pts;
  const end = (plan.pts.at(-1) ?? 0) + plan.frameTicks;
  const parts = [
    { kind: 'head', frames: plan.head, from: start, to: plan.copyFrom },
    { kind: 'copied', frames: plan.copied, from: plan.copyFrom, to: plan.tailFrom },
    { kind: 'tail', frames: plan.tail, from: plan.tailFrom, to: end },
  ] as const;
  const written = parts.filter(({ frames }) => frames > 0);
  const file = (kind: string) => path.join(folder, `${kind}.mp4`);
  const args = [
    ...written.flatMap(({ kind, from, to }) => {
      // A quarter of a frame early: rounding must not lose the first one.
      const seek = Math.max(0, (from - plan.frameTicks / 4) * tick - index.startSeconds);
      // `-frames` says where to end; an input without an end would be decoded for as long as the other parts take.
      const length = (to - from + plan.frameTicks / 2) * tick + (kind === 'copied' ? COPY_MARGIN_SECONDS : 0);
      return inputArguments(request.source, ['-noautorotate', '-ss', seek.toFixed(6), '-t', length.toFixed(6)]);
    }),
    ...written.flatMap(({ kind, frames }, input) => [
      ...['-map', `${input}:${request.video.index}`, '-frames:v', String(frames)],
      ...(kind === 'copied' ? copying(request) : encoding(request)),
      ...['-video_track_timescale', String(index.timeBase.den), '-map_metadata', '-1', '-map_chapters', '-1'],
      ...['-f', 'mp4', `file:${file(kind)}`],
    ]),
  ];
  await runProgram({ program: programs.ffmpeg, args: [...QUIETLY, ...args], signal });
  return written.map(({ kind, from, to }) => ({ kind, file: file(kind), seconds: (to - from) * tick }));
}

/** Wherever the seek lands, copying begins with the keyframe that is wanted. */
const copying = ({ video, plan }: SegmentRequest) => {
  const times = `setts=pts=PTS-STARTPTS:dts=${decodeTimes(plan.frameTicks, plan.delayTicks)}`;
  // H.265 then has its parameter sets beside each keyframe.
  const filters = video.codec_name === 'hevc' ? `hevc_mp4toannexb,${times}` : times;
  return ['-c:v', 'copy', '-copypriorss', '0', '-bsf:v', filters];
};

const encoding = ({ video, index }: SegmentRequest) => [
  ...['-vf', 'setpts=PTS-STARTPTS', '-fps_mode', 'passthrough'],
  ...['-enc_time_base', `${index.timeBase.num}:${index.timeBase.den}`],
  ...encoderArguments(video),
];

/** Evenly spaced, the delay before they are shown; the same on both sides of a join. */
export const decodeTimes = (frameTicks: number, delayTicks: number) =>
  `floor(N*${frameTicks.toFixed(6)})-${delayTicks}`;
