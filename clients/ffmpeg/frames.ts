/** Still pictures: the thumbnail of a moment, and the frames at which the scene changes. */
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { TapeworksError } from '../../contracts/errors.ts';
import { writeBeside } from '../files/write-beside.ts';
import { inputArguments, seconds } from './input.ts';
import type { ProbePrograms } from './probe.ts';
import { refuseReferences } from './references.ts';
import { runProgram } from './run.ts';

/** ffmpeg's scene score (0–1) from which a frame counts as a new slide or chart. */
const SCENE_SCORE = 0.08;
/** Mean luma (16–235) up to which a frame shows nothing. */
const BLACK_LUMA = 24;

export type ThumbnailRequest = {
  source: string;
  atMs: number;
  target: string;
  width?: number;
  signal?: AbortSignal | undefined;
};
export type SampleRequest = {
  source: string;
  startMs: number;
  endMs: number;
  /** Folder that receives the pictures. */
  dir: string;
  maxFrames: number;
  signal?: AbortSignal | undefined;
};
export type SampledFrame = { atMs: number; file: string };

/** Writes one JPEG, 480 pixels wide unless told otherwise. Errors: those of `runProgram`. */
export async function thumbnail(programs: ProbePrograms, request: ThumbnailRequest): Promise<void> {
  const { source, atMs, target, width = 480, signal } = request;
  await refuseReferences(source);
  await writeBeside(target, async (partial) => {
    const args = [
      '-nostdin',
      '-loglevel',
      'error',
      '-y',
      ...inputArguments(source, ['-ss', seconds(atMs)]),
      '-map',
      '0:V:0',
      '-frames:v',
      '1',
      '-vf',
      `scale=${width}:-2,format=yuvj420p`,
      '-q:v',
      '4',
      '-f',
      'mjpeg',
      `file:${partial}`,
    ];
    await runProgram({ program: programs.ffmpeg, args, signal });
  });
}

/**
 * PNG files of the first frame and of each frame where the scene changes, in order of time, without near-black ones; at most
 * `maxFrames`, spread evenly when there are more. `atMs` counts from the file's start. A source without pictures has none.
 */
export async function sampleFrames(programs: ProbePrograms, request: SampleRequest): Promise<SampledFrame[]> {
  const { source, startMs, endMs, dir, maxFrames, signal } = request;
  await refuseReferences(source);
  await mkdir(dir, { recursive: true });
  const scratch = await mkdtemp(path.join(dir, 'sampling-'));
  try {
    const args = [
      '-nostdin',
      '-loglevel',
      'error',
      ...inputArguments(source, ['-ss', seconds(startMs), '-t', seconds(endMs - startMs)]),
      '-map',
      '0:V:0?',
      '-an',
      '-sn',
      '-vf',
      `select='eq(n,0)+gt(scene,${SCENE_SCORE})',signalstats,metadata=mode=print:file=-`,
      '-fps_mode',
      'passthrough',
      '-f',
      'image2',
      'frame-%06d.png',
    ];
    const { stdout } = await runProgram({ program: programs.ffmpeg, args, cwd: scratch, signal }).catch((error) => {
      if (hasNoPictures(error)) return { stdout: Buffer.alloc(0) };
      throw error;
    });
    const files = (await readdir(scratch)).sort();
    const seen = readMetadata(stdout.toString('utf8'));
    const shown = files.flatMap((file, index) => {
      const frame = seen[index];
      return frame && frame.luma > BLACK_LUMA ? [{ file, atMs: startMs + frame.offsetMs }] : [];
    });
    return await Promise.all(
      spread(shown, maxFrames).map(async ({ file, atMs }) => {
        const kept = path.join(dir, `frame-${String(atMs).padStart(9, '0')}.png`);
        await rename(path.join(scratch, file), kept);
        return { atMs, file: kept };
      }),
    );
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

const hasNoPictures = (error: unknown) =>
  error instanceof TapeworksError && /does not contain any stream/.test(String(error.details.stderr));

/** ffmpeg's metadata printer: "frame:0 pts:512 pts_time:0.5", then one "lavfi.signalstats.YAVG=…" line among others. */
function readMetadata(printed: string): { offsetMs: number; luma: number }[] {
  return printed
    .split(/^frame:/m)
    .slice(1)
    .map((block) => ({
      offsetMs: Math.max(0, Math.round(Number(/pts_time:(-?[\d.]+)/.exec(block)?.[1] ?? 0) * 1_000)),
      luma: Number(/signalstats\.YAVG=([\d.]+)/.exec(block)?.[1] ?? 255),
    }));
}

/** At most `count` items, evenly spread, always with the first. */
function spread<T>(items: T[], count: number): T[] {
  if (items.length <= count) return items;
  return Array.from({ length: count }, (_, index) => items[Math.floor((index * items.length) / count)] as T);
}
