/** The contact sheet of a clip: small pictures of it side by side, each with its time. */
import { TapeworksError } from '../../contracts/errors.ts';
import { writeBeside } from '../files/write-beside.ts';
import { inputArguments, QUIETLY, seconds } from './input.ts';
import type { ProbePrograms } from './probe.ts';
import { runProgram, stderrOf } from './run.ts';

const COLUMNS = 3;
const ROWS = 3;
const TILE_WIDTH = 320;
/** From this distance of the pictures on, keyframes are near enough, and nothing else is decoded. */
const KEYFRAMES_DO_MS = 2_000;

export type ContactSheetRequest = {
  clip: string;
  durationMs: number;
  /** Where the clip begins in its source; the times on the sheet are those of the source. */
  startMs: number;
  target: string;
  signal?: AbortSignal | undefined;
};

/**
 * Writes a JPEG of up to 3 × 3 pictures, about evenly spaced. Without fonts the times are left out. Errors: those of
 * `runProgram`.
 */
export async function contactSheet(programs: ProbePrograms, request: ContactSheetRequest): Promise<void> {
  const { clip, durationMs, startMs, target, signal } = request;
  const distanceMs = durationMs / (COLUMNS * ROWS);
  await writeBeside(target, async (partial) => {
    const draw = (labels: string[]) => {
      const filters = [
        `select='isnan(prev_selected_t)+gte(t-prev_selected_t,${seconds(distanceMs * 0.95)})'`,
        `scale=${TILE_WIDTH}:-2,setsar=1,format=yuvj420p`,
        ...labels,
        `tile=${COLUMNS}x${ROWS}:padding=4:margin=4`,
      ];
      const decoded = ['-skip_frame', distanceMs >= KEYFRAMES_DO_MS ? 'nokey' : 'noref'];
      const output = ['-frames:v', '1', '-q:v', '4', '-f', 'mjpeg', `file:${partial}`];
      const args = [...QUIETLY, ...inputArguments(clip, decoded), '-map', '0:V:0', '-vf', filters.join(','), ...output];
      return runProgram({ program: programs.ffmpeg, args, signal });
    };
    await draw([timeLabel(startMs)]).catch((error) => {
      if (!(error instanceof TapeworksError) || !/drawtext|font/i.test(stderrOf(error))) throw error;
      return draw([]);
    });
  });
}

const timeLabel = (startMs: number) =>
  `drawtext=text='%{pts\\:hms\\:${seconds(startMs)}}':x=8:y=h-th-8:fontsize=18:fontcolor=white:box=1:boxcolor=black@0.6:boxborderw=4`;
