/** ffprobe's answer, reduced to the product's `Probe`. */
import path from 'node:path';
import { z } from 'zod';
import { TapeworksError } from '../../contracts/errors.ts';
import type { Probe } from '../../contracts/media.ts';
import { inputArguments } from './input.ts';
import { isReferringDemuxer, refersElsewhere, refuseReferences } from './references.ts';
import { runProgram, stderrOf } from './run.ts';

const streamSchema = z.object({
  codec_type: z.string().optional(),
  codec_name: z.string().optional(),
  width: z.int().optional(),
  height: z.int().optional(),
  sample_rate: z.string().optional(),
  avg_frame_rate: z.string().optional(),
  r_frame_rate: z.string().optional(),
  disposition: z.record(z.string(), z.int()).optional(),
});
const answerSchema = z.object({
  streams: z.array(streamSchema).default([]),
  format: z.object({ format_name: z.string(), duration: z.string().optional(), start_time: z.string().optional() }),
});
type Stream = z.infer<typeof streamSchema>;

export type ProbePrograms = { ffmpeg: string; ffprobe: string };

/**
 * What is in a media file. Errors: `MEDIA_MISSING`, `MEDIA_EMPTY` (no bytes, no playing time), `MEDIA_REFERS_ELSEWHERE`
 * (playlists and the like), `MEDIA_UNREADABLE` (images, text, damaged files).
 */
export async function probeMedia(programs: ProbePrograms, file: string, signal?: AbortSignal): Promise<Probe> {
  await refuseReferences(file);
  const answer = answerSchema.parse(await ask(programs, file, signal));
  const video = answer.streams.find((stream) => stream.codec_type === 'video' && isMoving(stream));
  const audio = answer.streams.find((stream) => stream.codec_type === 'audio' && Number(stream.sample_rate) > 0);
  if (!video && !audio) throw unreadable(file, 'it has neither pictures nor sound', answer.format.format_name);
  const told = milliseconds(answer.format.duration);
  const durationMs = told > 0 ? told : await measuredDuration(programs, file, signal);
  if (durationMs <= 0) throw new TapeworksError('MEDIA_EMPTY', `${path.basename(file)} has no playing time.`);
  return {
    kind: video ? 'video' : 'audio',
    durationMs,
    startMs: milliseconds(answer.format.start_time),
    formatName: answer.format.format_name,
    videoCodec: video?.codec_name ?? null,
    audioCodec: audio?.codec_name ?? null,
    width: video?.width ?? null,
    height: video?.height ?? null,
    frameRate: video ? (frameRate(video.avg_frame_rate) ?? frameRate(video.r_frame_rate)) : null,
    subtitleStreams: answer.streams.filter((stream) => stream.codec_type === 'subtitle').length,
  };
}

async function ask(programs: ProbePrograms, file: string, signal?: AbortSignal): Promise<unknown> {
  const args = (level: string) => [
    '-loglevel',
    level,
    '-show_format',
    '-show_streams',
    '-of',
    'json',
    ...inputArguments(file),
  ];
  try {
    const { stdout } = await runProgram({ program: programs.ffprobe, args: args('error'), signal });
    return JSON.parse(stdout.toString('utf8'));
  } catch (error) {
    if (!(error instanceof TapeworksError) || error.code !== 'MEDIA_TOOL_FAILED') throw error;
    const name = await demuxerName(programs, args('debug'), signal);
    if (name !== null && isReferringDemuxer(name))
      throw refersElsewhere(file, `read as "${name}", which opens other files`);
    const reason = stderrOf(error).split('\n').at(-1) ?? '';
    throw unreadable(file, /whitelist/.test(reason) ? `it is read as "${name}"` : reason, name, error);
  }
}

/** A refused demuxer is named in the debug log only. */
async function demuxerName(programs: ProbePrograms, args: string[], signal?: AbortSignal): Promise<string | null> {
  try {
    await runProgram({ program: programs.ffprobe, args, signal });
    return null;
  } catch (error) {
    if (!(error instanceof TapeworksError) || error.code !== 'MEDIA_TOOL_FAILED') throw error;
    return /Format (\S+) (?:probed|detected)/.exec(stderrOf(error))?.[1] ?? null;
  }
}

/** Recordings of browsers carry no duration: read through the packets without decoding. */
async function measuredDuration(programs: ProbePrograms, file: string, signal?: AbortSignal): Promise<number> {
  const args = [
    '-nostdin',
    '-loglevel',
    'error',
    ...inputArguments(file),
    '-map',
    '0:V?',
    '-map',
    '0:a?',
    '-c',
    'copy',
    '-f',
    'null',
    '-progress',
    'pipe:1',
    '-',
  ];
  const { stdout } = await runProgram({ program: programs.ffmpeg, args, signal });
  const last = [...stdout.toString('utf8').matchAll(/^out_time_us=(\d+)$/gm)].at(-1)?.[1];
  return last === undefined ? 0 : Math.round(Number(last) / 1_000);
}

/** Cover art is a video stream too. */
const isMoving = (stream: Stream) => stream.disposition?.attached_pic !== 1 && (stream.width ?? 0) > 0;
const milliseconds = (text: string | undefined) => Math.round((Number(text) || 0) * 1_000);
const frameRate = (text: string | undefined) => (text !== undefined && /^[1-9]\d*\/[1-9]\d*$/.test(text) ? text : null);

function unreadable(file: string, why: string, formatName: string | null, cause?: unknown): TapeworksError {
  return new TapeworksError(
    'MEDIA_UNREADABLE',
    `${path.basename(file)} cannot be used: ${why}.`,
    { formatName },
    { cause },
  );
}
