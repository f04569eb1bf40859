/** Looks into clips frame by frame: decoded pictures, their times, likeness, and where flash and beep are. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ffmpeg } from './media-fixtures.ts';

const execute = promisify(execFile);
const SAMPLE_RATE = 8_000;

/** A moving picture and a tone, `seconds` long. */
export const lavfi = (seconds: number, rate: string, size = '160x120') => [
  ...['-f', 'lavfi', '-i', `testsrc2=s=${size}:r=${rate}:d=${seconds}`],
  ...['-f', 'lavfi', '-i', `sine=frequency=440:sample_rate=48000:duration=${seconds}`],
];

export type Frame = { at: number; hash: string };
/** Decoded frames with their times in units of 1/`den` seconds times `num`. */
export async function decodedFrames(file: string): Promise<{ num: number; den: number; frames: Frame[] }> {
  const options = [
    '-map',
    '0:v:0',
    '-fps_mode',
    'passthrough',
    '-enc_time_base',
    '-1',
    '-copyts',
    '-f',
    'framemd5',
    '-',
  ];
  const printed = await ffmpeg('-noautorotate', '-i', file, ...options);
  const [, num = '0', den = '1'] = /^#tb 0: (\d+)\/(\d+)/m.exec(printed) ?? [];
  const lines = printed.split('\n').filter((line) => line.startsWith('0,'));
  const frames = lines.map((line) => {
    const fields = line.split(',').map((field) => field.trim());
    return { at: Number(fields[2]), hash: fields[5] ?? '' };
  });
  return { num: Number(num), den: Number(den), frames };
}

/** Structural similarity (1: the same) of each frame of a clip with those of its source from `from` seconds on. */
export async function similarity(clip: string, source: string, from: number, frames: number): Promise<number[]> {
  const printed = await ffmpeg(
    ...['-noautorotate', '-i', clip, '-noautorotate', '-ss', from.toFixed(6), '-i', source],
    ...['-lavfi', '[0:v:0]setpts=N[a];[1:v:0]setpts=N[b];[a][b]ssim=stats_file=-:shortest=1'],
    ...['-frames:v', String(frames), '-f', 'null', '-'],
  );
  return [...printed.matchAll(/All:([\d.]+)/g)].map((match) => Number(match[1]));
}

/** Flash (one white frame) and beep in each second, on black and in silence. */
export const flashAndBeep = (seconds: number, rate: number) => [
  ...[
    '-f',
    'lavfi',
    '-i',
    `color=black:s=64x48:r=${rate}:d=${seconds},geq=lum='if(eq(mod(N,${rate}),0),235,16)':cb=128:cr=128`,
  ],
  ...['-f', 'lavfi', '-i', `aevalsrc='if(lt(mod(t,1),0.1),0.8*sin(2*PI*1000*t),0)':s=48000:d=${seconds}`],
];

/** Seconds at which flashes begin and at which beeps begin. */
export async function flashesAndBeeps(file: string): Promise<{ flashes: number[]; beeps: number[] }> {
  const printed = await ffmpeg(
    ...['-i', file, '-map', '0:v:0', '-vf', 'signalstats,metadata=mode=print:key=lavfi.signalstats.YAVG:file=-'],
    ...['-fps_mode', 'passthrough', '-f', 'null', '-'],
  );
  const flashes = [...printed.matchAll(/pts_time:([\d.]+)\s+lavfi\.signalstats\.YAVG=([\d.]+)/g)].flatMap((match) =>
    Number(match[2]) > 128 ? [Number(match[1])] : [],
  );
  const { stdout } = await execute(
    process.env.TEST_FFMPEG || 'ffmpeg',
    [
      ...['-nostdin', '-loglevel', 'error', '-i', file, '-map', '0:a:0', '-af', 'aresample=async=1:first_pts=0'],
      ...['-ac', '1', '-ar', String(SAMPLE_RATE), '-f', 's16le', '-'],
    ],
    { encoding: 'buffer', maxBuffer: 64 << 20 },
  );
  const beeps: number[] = [];
  let quietSince = -SAMPLE_RATE;
  for (let at = 0; at + 1 < stdout.length; at += 2) {
    if (Math.abs(stdout.readInt16LE(at)) < 6_000) continue;
    if (at / 2 - quietSince > SAMPLE_RATE / 4) beeps.push(at / 2 / SAMPLE_RATE);
    quietSince = at / 2;
  }
  return { flashes, beeps };
}

/** "WIDTHxHEIGHT" as shown, after rotation. */
export async function shownSize(file: string): Promise<string> {
  const printed = await ffmpeg('-i', file, '-map', '0:v:0', '-frames:v', '1', '-f', 'framecrc', '-');
  return /#dimensions 0: (\S+)/.exec(printed)?.[1] ?? '';
}
