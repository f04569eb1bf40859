/** How the frames at the ends are encoded so that they go with the copied ones, and which sources that is done for. */
import type { SourceIndex, StreamFacts } from './source-index.ts';

/** Id of the parameter sets of encoded H.264 frames: both sets stand in the clip's header, and each frame names its own. */
export const OWN_PARAMETER_SET = 31;

/** Formats that browsers play; others are worth encoding anew. */
const PIXEL_FORMATS: Record<string, readonly string[]> = {
  h264: ['yuv420p', 'yuvj420p'],
  hevc: ['yuv420p', 'yuv420p10le'],
  vp9: ['yuv420p'],
  av1: ['yuv420p', 'yuv420p10le'],
};
const H264_PROFILES: Record<string, string> = {
  'Constrained Baseline': 'baseline',
  Baseline: 'baseline',
  Main: 'main',
  High: 'high',
};
/** Containers with an index and timestamps of presentation. */
const CONTAINERS = /\b(mov|matroska)\b/;

/** Why this source cannot be cut by copying, or `null`. */
export function refusal({ video, formatName, timeBase }: SourceIndex): string | null {
  if (!video) return 'no pictures';
  const codec = video.codec_name ?? 'unknown';
  const formats = PIXEL_FORMATS[codec];
  if (!CONTAINERS.test(formatName)) return `container ${formatName} without a dependable index`;
  if (!formats) return `codec ${codec}`;
  if (!formats.includes(video.pix_fmt ?? '')) return `pixel format ${video.pix_fmt ?? 'unknown'}`;
  if (video.field_order !== undefined && !/^(progressive|unknown)$/.test(video.field_order)) return 'interlaced';
  if (codec === 'h264' && !Object.hasOwn(H264_PROFILES, video.profile ?? '')) return `H.264 profile ${video.profile}`;
  if (codec === 'h264' && video.nal_length_size !== '4') return 'H.264 units without four-byte lengths';
  if (!(timeBase.num > 0 && timeBase.den > 0)) return 'no time base';
  return null;
}

/** Options of the encoder. No B-frames: what is shown last is then also decoded last, on both sides of a join. */
export function encoderArguments(video: StreamFacts): string[] {
  return [...codecArguments(video), '-pix_fmt', video.pix_fmt ?? 'yuv420p', ...colourArguments(video), '-g', '9999'];
}

function codecArguments({ codec_name: codec, profile = '', level = 0 }: StreamFacts): string[] {
  switch (codec) {
    case 'hevc':
      return [
        ...['-c:v', 'libx265', '-preset', 'superfast', '-crf', '20', '-forced-idr', '1'],
        ...['-x265-params', 'log-level=none:bframes=0:open-gop=0:scenecut=0:repeat-headers=1'],
      ];
    case 'vp9':
      return [
        ...['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '6', '-row-mt', '1', '-crf', '24', '-b:v', '0'],
        ...['-lag-in-frames', '0', '-auto-alt-ref', '0'],
      ];
    case 'av1':
      return ['-c:v', 'libsvtav1', '-preset', '10', '-crf', '28', '-svtav1-params', 'lookahead=0:pred-struct=1'];
    default:
      return [
        ...['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '18', '-bf', '0', '-profile:v'],
        ...[H264_PROFILES[profile] ?? 'high', ...(level > 9 ? ['-level:v', (level / 10).toFixed(1)] : [])],
        ...['-sc_threshold', '0', '-x264-params', `sps-id=${OWN_PARAMETER_SET}`],
      ];
  }
}

function colourArguments(video: StreamFacts): string[] {
  const told = (option: string, value: string | undefined) =>
    value === undefined || /^(unknown|reserved)$/.test(value) ? [] : [option, value];
  return [
    ...told('-color_range', video.color_range),
    ...told('-colorspace', video.color_space),
    ...told('-color_trc', video.color_transfer),
    ...told('-color_primaries', video.color_primaries),
  ];
}
