/** Still pictures: the thumbnail of a moment, and the frames at which the scene changes. */
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { writeBeside } from '../files/write-beside.ts';
import { inputArguments, QUIETLY, seconds } from './input.ts';
import type { ProbePrograms } from './probe.ts';
import { refuseReferences } from './references.ts';
import { runProgram, stderrOf } from './run.ts';

/** Seconds between the pictures that are compared: a slide that fades in changes too little from one frame to the next. */
const COMPARE_EVERY_S = 0.5;
/** ffmpeg's scene score (0–1) of a new picture. One line added to a slide scores 0.006, a still video's noise 0.0001. */
const SCENE_SCORE = 0.004;
/** Mean luma (16–235) up to which a frame shows nothing. */
const BLACK_LUMA = 24;
/** How the scratch folders of `sampleFrames` begin; a killed process leaves its own behind. */
export const SAMPLING_FOLDER = 'sampling-';

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
    const picture = ['-map', '0:V:0', '-frames:v', '1', '-vf', `scale=${width}:-2,format=yuvj420p`, '-q:v', '4'];
    const args = [
      ...QUIETLY,
      ...inputArguments(source, ['-ss', seconds(atMs)]),
      ...picture,
      '-f',
      'mjpeg',
      `file:${partial}`,
    ];
    await runProgram({ program: programs.ffmpeg, args, signal });
  });
}

/**
 * PNG files of the first frame and of those where the picture changed (within half a second), in order of time, without
 * near-black ones. When there are more than `maxFrames`, the greatest changes stay. `atMs` counts from the file's start.
 * A source without pictures has none.
 */
export async function sampleFrames(programs: ProbePrograms, request: SampleRequest): Promise<SampledFrame[]> {
  const { source, startMs, endMs, dir, maxFrames, signal } = request;
  await refuseReferences(source);
  await mkdir(dir, { recursive: true });
  const scratch = await mkdtemp(path.join(dir, SAMPLING_FOLDER));
  try {
    const filters = [
      `select='isnan(prev_selected_t)+gte(t-prev_selected_t,${COMPARE_EVERY_S})'`,
      `select='eq(n,0)+gt(scene,${SCENE_SCORE})'`,
      'signalstats',
      'metadata=mode=print:file=-',
    ];
    const range = ['-ss', seconds(startMs), '-t', seconds(endMs - startMs)];
    const picture = ['-map', '0:V:0?', '-an', '-sn', '-vf', filters.join(','), '-fps_mode', 'passthrough'];
    const output = ['-compression_level', '1', '-f', 'image2', 'frame-%06d.png'];
    const args = [...QUIETLY, ...inputArguments(source, range), ...picture, ...output];
    const { stdout } = await runProgram({ program: programs.ffmpeg, args, cwd: scratch, signal }).catch((error) => {
      if (hasNoPictures(error)) return { stdout: Buffer.alloc(0) };
      throw error;
    });
    const files = (await readdir(scratch)).sort();
    const seen = readMetadata(stdout.toString('utf8'));
    const shown = files.flatMap((file, index) => {
      const frame = seen[index];
      return frame && frame.luma > BLACK_LUMA ? [{ file, atMs: startMs + frame.offsetMs, score: frame.score }] : [];
    });
    return await Promise.all(
      greatestChanges(shown, maxFrames).map(async ({ file, atMs }) => {
        const kept = path.join(dir, `frame-${String(atMs).padStart(9, '0')}.png`);
        await rename(path.join(scratch, file), kept);
        return { atMs, file: kept };
      }),
    );
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

const hasNoPictures = (error: unknown) => /does not contain any stream/.test(stderrOf(error));

/** ffmpeg's metadata printer: "frame:0 pts:512 pts_time:0.5", then lines like "lavfi.signalstats.YAVG=…". */
function readMetadata(printed: string): { offsetMs: number; luma: number; score: number }[] {
  return printed
    .split(/^frame:/m)
    .slice(1)
    .map((block, index) => ({
      offsetMs: Math.max(0, Math.round(Number(/pts_time:(-?[\d.]+)/.exec(block)?.[1] ?? 0) * 1_000)),
      luma: Number(/signalstats\.YAVG=([\d.]+)/.exec(block)?.[1] ?? 255),
      // The first frame has nothing to be compared with, and is always wanted.
      score: index === 0 ? 1 : Number(/scene_score=([\d.]+)/.exec(block)?.[1] ?? 0),
    }));
}

function greatestChanges<T extends { atMs: number; score: number }>(frames: T[], count: number): T[] {
  return [...frames]
    .sort((a, b) => b.score - a.score)
    .slice(0, count)
    .sort((a, b) => a.atMs - b.atMs);
}
