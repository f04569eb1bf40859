/** Short lessons for tests, cut from the sample: the cues of the RSI part, and a video of two slides to go with them. */
import { execFile } from 'node:child_process';
import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const samples = path.resolve(import.meta.dirname, '../../samples/lesson');
const run = promisify(execFile);

/** SRT of the sample's cues up to `seconds`; `extra` is put behind, so that two lessons differ. */
export async function writeTranscript(
  folder: string,
  name: string,
  { seconds = 66, extra = '' } = {},
): Promise<string> {
  const blocks = (await readFile(path.join(samples, 'trading-basics.srt'), 'utf8')).trim().split(/\n\n+/);
  const kept = blocks.filter((block) => {
    const [, minutes = '0', rest = '0'] = /-->\s*\d+:(\d+):(\d+)/.exec(block) ?? [];
    return Number(minutes) * 60 + Number(rest) < seconds;
  });
  await writeFile(path.join(folder, name), `${kept.join('\n\n')}\n\n${extra}\n`);
  return name;
}

/** A video of two slides with a tone, and its transcript beside it; `rate`: frames a second. Returns the video's name. */
export async function writeLesson(folder: string, stem: string, { seconds = 66, rate = 10 } = {}): Promise<string> {
  await writeTranscript(folder, `${stem}.srt`, { seconds });
  const slides = path.join(samples, 'slides');
  const [first = '', , third = ''] = (await readdir(slides)).filter((file) => file.endsWith('.png')).sort();
  for (const [index, slide] of [first, third].entries())
    await copyFile(path.join(slides, slide), path.join(folder, `.slide-${index}.png`));
  const half = String(seconds / 2);
  const still = (index: number) => [
    '-loop',
    '1',
    '-framerate',
    String(rate),
    '-t',
    half,
    '-i',
    path.join(folder, `.slide-${index}.png`),
  ];
  await run(process.env.TEST_FFMPEG ?? 'ffmpeg', [
    ...['-nostdin', '-loglevel', 'error', '-y', ...still(0), ...still(1)],
    ...['-f', 'lavfi', '-t', String(seconds), '-i', 'sine=frequency=220:sample_rate=16000'],
    ...['-filter_complex', '[0:v][1:v]concat=n=2:v=1,scale=640:360,format=yuv420p[v]', '-map', '[v]', '-map', '2:a'],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '20', '-c:a', 'aac', path.join(folder, `${stem}.mp4`)],
  ]);
  return `${stem}.mp4`;
}

/** SRT cues that explain short selling in nine seconds, by a teacher who never says so. */
export const explainedFrom = (second: number, index = 900): string =>
  [
    'You can borrow the shares from somebody else and sell them today.',
    'Later, when the price has dropped, you buy them back cheaper.',
    'You hand them back to whoever lent them and keep the difference.',
  ]
    .map(
      (text, at) => `${index + at}\n${srtTime(second + at * 3)},000 --> ${srtTime(second + at * 3 + 2)},900\n${text}`,
    )
    .join('\n\n');

const srtTime = (second: number) => new Date(second * 1_000).toISOString().slice(11, 19);
