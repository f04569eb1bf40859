/** Encodes a clip whole: exact and playable everywhere, whatever the source is; the slowest way. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { TapeworksError } from '../../contracts/errors.ts';
import type { Probe } from '../../contracts/media.ts';
import { inputArguments, QUIETLY, seconds } from './input.ts';
import { type ProbePrograms, probeMedia } from './probe.ts';
import { runProgram } from './run.ts';
import { AAC_ARGUMENTS } from './sound.ts';

/** Below this rate (slides, screen recordings) the picture on screen at the cut began long before it. */
const SLOW_FRAME_RATE = 15;
/** Formats without an index: a seek lands between keyframes, and what follows decodes to rubbish. */
const UNINDEXED = /^(mpegts|mpeg|mpegvideo|h264|hevc|m4v)$/;
/** Both are decoded from so much earlier; what comes before the cut is dropped. */
const PREROLL_MS = 30_000;
const TOLERANCE_MS = 50;
/** Players seek to them, and contact sheets are made of them. */
const KEYFRAMES = ['-force_key_frames', 'expr:gte(t,n_forced*2)'];

/** `wantedMs`: how long the clip is to be; it ends within the source. `target` names the clip in errors. */
export type EncodeRequest = {
  source: string;
  probe: Probe;
  startMs: number;
  wantedMs: number;
  target: string;
  signal?: AbortSignal | undefined;
};

/** Errors: `CLIP_MISMATCH` (the clip's duration is off by more than a frame or 50 ms), those of `runProgram`. */
export async function encodeClip(
  programs: ProbePrograms,
  request: EncodeRequest,
  partial: string,
): Promise<{ durationMs: number; bytes: number }> {
  const { probe, wantedMs, target, signal } = request;
  await runProgram({ program: programs.ffmpeg, args: encodeArguments(request, partial), signal });
  const { size } = await stat(partial);
  const cut = await probeWritten(programs, partial, signal);
  const allowedMs = Math.max(TOLERANCE_MS, Math.ceil(1_000 / (frameRate(probe) ?? 1_000)));
  if (cut === null || Math.abs(cut.durationMs - wantedMs) > allowedMs || cut.kind !== probe.kind) {
    throw new TapeworksError('CLIP_MISMATCH', `${path.basename(target)} did not come out as planned.`, {
      wantedMs,
      gotMs: cut?.durationMs ?? 0,
      allowedMs,
      wantedKind: probe.kind,
      gotKind: cut?.kind ?? null,
    });
  }
  return { durationMs: cut.durationMs, bytes: size };
}

function encodeArguments({ source, probe, startMs, wantedMs }: EncodeRequest, partial: string): string[] {
  const rate = frameRate(probe);
  const slow = rate !== null && rate < SLOW_FRAME_RATE;
  const prerollMs = slow || UNINDEXED.test(probe.formatName) ? Math.min(startMs, PREROLL_MS) : 0;
  const filters = [
    ...(slow ? [`fps=${SLOW_FRAME_RATE}:start_time=0`] : []),
    'scale=trunc(iw/2)*2:trunc(ih/2)*2',
    'format=yuv420p',
  ];
  const seek = ['-ss', seconds(startMs - prerollMs)];
  const keep = [...(prerollMs > 0 ? ['-ss', seconds(prerollMs)] : []), '-t', seconds(wantedMs)];
  const picture = [
    '-map',
    '0:V:0',
    '-vf',
    filters.join(','),
    '-c:v',
    'libx264',
    '-preset',
    'veryfast',
    '-crf',
    '22',
    ...KEYFRAMES,
  ];
  const rest = ['-sn', '-dn', '-map_metadata', '-1', '-map_chapters', '-1', '-movflags', '+faststart'];
  return [
    ...QUIETLY,
    ...inputArguments(source, seek),
    ...keep,
    ...(probe.kind === 'video' ? picture : ['-vn']),
    ...['-map', '0:a:0?', ...AAC_ARGUMENTS],
    ...rest,
    '-f',
    probe.kind === 'video' ? 'mp4' : 'ipod',
    `file:${partial}`,
  ];
}

/** `null` when what was written holds no media at all. */
async function probeWritten(programs: ProbePrograms, file: string, signal?: AbortSignal): Promise<Probe | null> {
  try {
    return await probeMedia(programs, file, signal);
  } catch (error) {
    if (error instanceof TapeworksError && (error.code === 'MEDIA_UNREADABLE' || error.code === 'MEDIA_EMPTY'))
      return null;
    throw error;
  }
}

function frameRate(probe: Probe): number | null {
  const [frames, perSeconds] = (probe.frameRate ?? '').split('/').map(Number);
  return frames && perSeconds ? frames / perSeconds : null;
}
