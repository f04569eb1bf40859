/** Lessons for faults: one that is quick to process and has something for every stage, one that takes long to cut. */
import { execFile } from 'node:child_process';
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { writeTranscript } from '../setup/lesson.ts';

const slides = path.resolve(import.meta.dirname, '../../samples/lesson/slides');
const run = promisify(execFile);
const ffmpeg = (args: string[]) =>
  run(process.env.TEST_FFMPEG ?? 'ffmpeg', ['-nostdin', '-loglevel', 'error', '-y', ...args]);
const ENCODING = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-c:a', 'aac'];

/** Slides that change every `each` seconds, with the sample's words up to their end, and `extra` cues. Returns the video's name. */
export async function writeSlideLesson(
  folder: string,
  stem: string,
  {
    count = 5,
    each = 20,
    seconds,
    extra = '',
  }: { count?: number; each?: number; seconds?: number; extra?: string } = {},
): Promise<string> {
  const names = (await readdir(slides)).filter((name) => name.endsWith('.png')).sort();
  const chosen = names.slice(0, count).map((name) => path.join(slides, name));
  const stills = chosen.flatMap((file) => ['-loop', '1', '-framerate', '20', '-t', String(each), '-i', file]);
  const joined = `${chosen.map((_, index) => `[${index}:v]`).join('')}concat=n=${chosen.length}:v=1,scale=960:540[v]`;
  const tone = ['-f', 'lavfi', '-t', String(count * each), '-i', 'sine=frequency=220:sample_rate=16000'];
  const mapping = ['-filter_complex', joined, '-map', '[v]', '-map', `${chosen.length}:a`];
  await ffmpeg([...stills, ...tone, ...mapping, ...ENCODING, '-g', '40', path.join(folder, `${stem}.mp4`)]);
  await writeTranscript(folder, `${stem}.srt`, { seconds: seconds ?? count * each, extra });
  return `${stem}.mp4`;
}

/** A minute of one slide under film grain, made of two seconds repeated: cheap to write, slow to cut. */
export async function writeGrainyLesson(folder: string, stem: string): Promise<string> {
  const [slide = ''] = (await readdir(slides)).filter((name) => name.endsWith('.png')).sort();
  const piece = path.join(folder, `.${stem}-piece.mp4`);
  const still = ['-loop', '1', '-framerate', '25', '-t', '2', '-i', path.join(slides, slide)];
  const sound = ['-f', 'lavfi', '-t', '2', '-i', 'sine=frequency=330:sample_rate=16000'];
  const grain = ['-vf', 'scale=854:480,noise=alls=10:allf=t'];
  await ffmpeg([...still, ...sound, ...grain, ...ENCODING, piece]);
  await ffmpeg(['-stream_loop', '32', '-i', piece, '-c', 'copy', path.join(folder, `${stem}.mp4`)]);
  await rm(piece);
  await writeTranscript(folder, `${stem}.srt`, { seconds: 66 });
  return `${stem}.mp4`;
}
