/** Small inputs, made by ffmpeg when a test asks for them. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

export async function temporaryFolder(): Promise<{ dir: string; remove: () => Promise<void> }> {
  const dir = await mkdtemp(path.join(tmpdir(), 'tapeworks-test-'));
  return { dir, remove: () => rm(dir, { recursive: true, force: true }) };
}

export async function ffmpeg(...args: string[]): Promise<string> {
  const { stdout } = await execute(
    process.env.TEST_FFMPEG || 'ffmpeg',
    ['-nostdin', '-loglevel', 'error', '-y', ...args],
    {
      maxBuffer: 64 << 20,
    },
  );
  return stdout;
}

/** Frame n is grey of luma 40 + 6·(n mod 30), so that a picture tells which frame it is. */
export const countingPicture = (seconds: number, rate: number | string = 25, size = '64x48') =>
  `color=black:s=${size}:r=${rate}:d=${seconds},format=yuv420p,geq=lum='40+6*mod(N,30)':cb=128:cr=128`;

/** Index (mod 30) of each frame of a file made from `countingPicture`. */
export async function countedFrames(file: string): Promise<number[]> {
  const printed = await ffmpeg(
    '-i',
    file,
    '-vf',
    'signalstats,metadata=mode=print:key=lavfi.signalstats.YAVG:file=-',
    '-f',
    'null',
    '-',
  );
  return [...printed.matchAll(/YAVG=([\d.]+)/g)].map((match) => Math.round((Number(match[1]) - 40) / 6));
}
