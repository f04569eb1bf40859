/** What a cut has to know of its source: the parameters of its streams, and the packets of the picture around the clips. */
import { z } from 'zod';
import { inputArguments, seconds } from '../input.ts';
import type { ProbePrograms } from '../probe.ts';
import { runProgram } from '../run.ts';

/** Read past the end of a clip: packets come in the order of decoding, and sound may run ahead. */
const BEYOND_MS = 3_000;
const ENTRIES = [
  'packet=stream_index,pts,size,flags,pos',
  'stream=index,codec_type,codec_name,profile,level,pix_fmt,color_range,color_space,color_transfer,color_primaries',
  'stream=field_order,nal_length_size,time_base,sample_rate',
  'stream_side_data=rotation',
  'stream_disposition=attached_pic',
  'format=format_name,start_time',
].join(':');

const streamSchema = z.object({
  index: z.int(),
  codec_type: z.string().optional(),
  codec_name: z.string().optional(),
  profile: z.string().optional(),
  level: z.int().optional(),
  pix_fmt: z.string().optional(),
  color_range: z.string().optional(),
  color_space: z.string().optional(),
  color_transfer: z.string().optional(),
  color_primaries: z.string().optional(),
  field_order: z.string().optional(),
  nal_length_size: z.string().optional(),
  sample_rate: z.string().optional(),
  time_base: z.string(),
  disposition: z.record(z.string(), z.int()).optional(),
  side_data_list: z.array(z.object({ rotation: z.number().optional() })).optional(),
});
const packetSchema = z.object({
  stream_index: z.int(),
  pts: z.int().optional(),
  size: z.string(),
  flags: z.string(),
  pos: z.string().optional(),
});
const answerSchema = z.object({
  packets: z.array(packetSchema).default([]),
  streams: z.array(streamSchema).default([]),
  format: z.object({ format_name: z.string(), start_time: z.string().optional() }),
});

export type StreamFacts = z.infer<typeof streamSchema>;
/** `pts` in ticks of the stream's time base, null where the file has none; `size` in bytes; hidden by an edit list or not. */
export type Packet = { pts: number | null; size: number; isKey: boolean; isHidden: boolean };
/** A tick lasts `num / den` seconds. */
export type TimeBase = { num: number; den: number };
export type SourceIndex = {
  formatName: string;
  /** Timestamp of the file's start, in seconds. */
  startSeconds: number;
  video: StreamFacts | null;
  audio: StreamFacts | null;
  timeBase: TimeBase;
  /** Of the picture, in the order of decoding. */
  packets: Packet[];
};
export type Span = { startMs: number; endMs: number };

/**
 * Reads the packets around the spans, all in one launch; the rest of the file is not touched. Spans count from the file's start,
 * whose timestamp is `fileStartMs`. Errors: those of `runProgram`.
 */
export async function readSourceIndex(
  programs: ProbePrograms,
  { source, fileStartMs, spans }: { source: string; fileStartMs: number; spans: Span[] },
  signal?: AbortSignal,
): Promise<SourceIndex> {
  const intervals = spans
    .toSorted((a, b) => a.startMs - b.startMs)
    .map(({ startMs, endMs }) => `${seconds(fileStartMs + startMs)}%${seconds(fileStartMs + endMs + BEYOND_MS)}`);
  const { stdout } = await runProgram({
    program: programs.ffprobe,
    args: [
      '-loglevel',
      'error',
      '-of',
      'json=compact=1',
      '-read_intervals',
      intervals.join(','),
      '-show_entries',
      ENTRIES,
      ...inputArguments(source),
    ],
    signal,
  });
  return toIndex(answerSchema.parse(JSON.parse(stdout.toString('utf8'))));
}

function toIndex({ packets, streams, format }: z.infer<typeof answerSchema>): SourceIndex {
  const video = streams.find((stream) => stream.codec_type === 'video' && stream.disposition?.attached_pic !== 1);
  const audio = streams.find((stream) => stream.codec_type === 'audio' && Number(stream.sample_rate) > 0);
  const [num = 0, den = 0] = (video?.time_base ?? '').split('/').map(Number);
  // Neighbouring spans begin at the keyframe before them, and so read some packets twice.
  const seen = new Set<string>();
  const once = packets.filter(({ stream_index, pos, pts, size }) => {
    const place = pos ?? `${pts} ${size}`;
    if (stream_index !== video?.index || seen.has(place)) return false;
    seen.add(place);
    return true;
  });
  return {
    formatName: format.format_name,
    startSeconds: Number(format.start_time) || 0,
    video: video ?? null,
    audio: audio ?? null,
    timeBase: { num, den },
    packets: once.map(({ pts, size, flags }) => ({
      pts: pts ?? null,
      size: Number(size),
      isKey: flags.startsWith('K'),
      isHidden: flags.includes('D'),
    })),
  };
}
