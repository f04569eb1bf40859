/** Still pictures: the thumbnail of a moment, and the frames at which the scene changes. */
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { GREY_COLUMNS, GREY_POINTS, GREY_ROWS, withoutNearDoubles } from '../../domain/clips/picture-hash.ts';
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
/** The same frames, each as grey points. */
const SMALL_PICTURES = 'small.gray';
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
  /** Grey points of pictures that are there already; near doubles of them are left out. */
  known?: Uint8Array[];
  signal?: AbortSignal | undefined;
};
/** `grey`: the picture as `isNearDouble` compares it. */
export type SampledFrame = { atMs: number; file: string; grey: Uint8Array };

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
 * near-black ones and near doubles. When there are more than `maxFrames`, the greatest changes stay. `atMs` counts from the file's start.
 * A source without pictures has none.
 */
export async function sampleFrames(programs: ProbePrograms, request: SampleRequest): Promise<SampledFrame[]> {
  const { source, startMs, endMs, dir, maxFrames, known = [], signal } = request;
  await refuseReferences(source);
  await mkdir(dir, { recursive: true });
  const scratch = await mkdtemp(path.join(dir, SAMPLING_FOLDER));
  try {
    const filters = [
      `select='isnan(prev_selected_t)+gte(t-prev_selected_t,${COMPARE_EVERY_S})'`,
      `select='eq(n,0)+gt(scene,${SCENE_SCORE})'`,
      'signalstats',
      'metadata=mode=print:file=-',
      'split[picture][whole]',
    ];
    const small = `[whole]scale=${GREY_COLUMNS}:${GREY_ROWS}:flags=area,format=gray[small]`;
    const range = ['-ss', seconds(startMs), '-t', seconds(endMs - startMs)];
    const args = [
      ...[...QUIETLY, ...inputArguments(source, range)],
      ...['-filter_complex', `[0:V:0]${filters.join(',')};${small}`, '-fps_mode', 'passthrough'],
      ...['-map', '[picture]', '-compression_level', '1', '-f', 'image2', 'frame-%06d.png'],
      ...['-map', '[small]', '-fps_mode', 'passthrough', '-f', 'rawvideo', SMALL_PICTURES],
    ];
    const { stdout } = await runProgram({ program: programs.ffmpeg, args, cwd: scratch, signal }).catch((error) => {
      if (hasNoPictures(error)) return { stdout: Buffer.alloc(0) };
      throw error;
    });
    const files = (await readdir(scratch)).filter((name) => name.endsWith('.png')).sort();
    if (files.length === 0) return [];
    const seen = readMetadata(stdout.toString('utf8'));
    const points = await readFile(path.join(scratch, SMALL_PICTURES));
    const shown = files.flatMap((file, index) => {
      const frame = seen[index];
      const grey = points.subarray(index * GREY_POINTS, (index + 1) * GREY_POINTS);
      if (!frame || frame.luma <= BLACK_LUMA || grey.length < GREY_POINTS) return [];
      return [{ file, atMs: startMs + frame.offsetMs, score: frame.score, grey: new Uint8Array(grey) }];
    });
    return await Promise.all(
      greatestChanges(withoutNearDoubles(shown, known), maxFrames).map(async ({ file, atMs, grey }) => {
        const kept = path.join(dir, `frame-${String(atMs).padStart(9, '0')}.png`);
        await rename(path.join(scratch, file), kept);
        return { atMs, file: kept, grey };
      }),
    );
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

const hasNoPictures = (error: unknown) => /does not contain any stream|matches no streams/.test(stderrOf(error));

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
