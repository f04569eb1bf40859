/** Joins the parts of a clip and lays the sound beneath them. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DEMUXERS, fileUrl, inputArguments, QUIETLY } from '../input.ts';
import type { ProbePrograms } from '../probe.ts';
import { runProgram } from '../run.ts';
import { soundArguments } from '../sound.ts';
import { mergeAvcConfigs } from './avc-config.ts';
import { beginsWithInstantRefresh } from './instant-refresh.ts';
import { boxContent, readMp4Index, replaceBoxContent } from './mp4-boxes.ts';
import { decodeTimes, type Segment, type SegmentRequest } from './segments.ts';

const AVC_CONFIG = ['trak', 'mdia', 'minf', 'stbl', 'stsd', 'avc1', 'avcC'];

/** Writes the clip. Gives the reason why the parts do not go together, or null when it is done. */
export async function joinSegments(
  programs: ProbePrograms,
  { source, index, video, plan, folder }: SegmentRequest,
  segments: Segment[],
  target: string,
  signal?: AbortSignal,
): Promise<string | null> {
  const misfit = await prepare(segments, video.codec_name ?? '');
  if (misfit !== null) return misfit;
  const list = path.join(folder, 'parts.ffconcat');
  await writeFile(list, concatList(segments));
  const tick = index.timeBase.num / index.timeBase.den;
  const [start = 0] = plan.pts;
  const seconds = plan.pts.length * plan.frameTicks * tick;
  const args = [
    // Packets keep their form: H.264 has both parameter sets in the header, H.265 has them beside its keyframes.
    ...['-protocol_whitelist', 'file', '-format_whitelist', `${DEMUXERS},concat`, '-f', 'concat', '-safe', '0'],
    ...['-auto_convert', '0', '-i', fileUrl(list)],
    ...(index.audio
      ? inputArguments(source, [
          '-ss',
          Math.max(0, start * tick - index.startSeconds).toFixed(6),
          '-t',
          seconds.toFixed(6),
        ])
      : []),
    ...['-map', '0:v:0', '-c:v', 'copy', '-bsf:v'],
    `setts=pts=PTS:dts=${decodeTimes(plan.frameTicks * index.timeBase.num, plan.delayTicks * index.timeBase.num)}`,
    ...(video.codec_name === 'hevc' ? ['-tag:v', 'hev1'] : []),
    ...(index.audio ? ['-map', `1:${index.audio.index}`, ...soundArguments(index.audio, index.formatName)] : []),
    ...['-video_track_timescale', String(index.timeBase.den), '-map_metadata', '-1', '-map_chapters', '-1'],
    ...['-movflags', '+faststart', '-f', 'mp4', `file:${target}`],
  ];
  await runProgram({ program: programs.ffmpeg, args: [...QUIETLY, ...args], signal });
  return null;
}

/** Durations are given: what a file tells of its own is rounded. Names are ours and need no quoting. */
const concatList = (segments: Segment[]) =>
  [
    'ffconcat version 1.0',
    ...segments.flatMap(({ file, seconds }) => [`file ${path.basename(file)}`, `duration ${seconds.toFixed(6)}`]),
    '',
  ].join('\n');

async function prepare(segments: Segment[], codec: string): Promise<string | null> {
  const [first] = segments;
  const copied = segments.find(({ kind }) => kind === 'copied');
  if (!/^(h264|hevc)$/.test(codec) || !first || !copied) return null;
  const copiedIndex = await readMp4Index(copied.file);
  if (!copiedIndex) return 'copied packets in an unknown form';
  if (!(await beginsWithInstantRefresh(copied.file, codec, copiedIndex))) return 'open group of pictures';
  const encoded = segments.find(({ kind }) => kind !== 'copied');
  if (codec !== 'h264' || !encoded) return null;
  const encodedIndex = await readMp4Index(encoded.file);
  const [ofCopied, ofEncoded] = [copiedIndex, encodedIndex].map((found) => found && boxContent(found.moov, AVC_CONFIG));
  const firstIndex = first === copied ? copiedIndex : encodedIndex;
  if (!ofCopied || !ofEncoded || !firstIndex) return 'parameter sets in an unknown form';
  const merged = mergeAvcConfigs(ofCopied, ofEncoded);
  if (!merged) return 'parameter sets that cannot stand together';
  // The joined file takes the header of its first part.
  await replaceBoxContent(first.file, firstIndex, AVC_CONFIG, merged);
  return null;
}
