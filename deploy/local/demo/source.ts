/** What the demo works on: the sample lesson (made on first use), or a file or folder of the user. */
import { existsSync } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { TapeworksError } from '../../../contracts/errors.ts';
import { makeLesson } from '../../../samples/make-lesson.ts';
import { fromRoot } from '../setup/paths.mjs';
import type { Stack } from '../stack.ts';

export type Source = { mediaRoot: string; kind: 'file' | 'folder'; name: string };

/** A path of the user, meant from where the command was typed. Throws MEDIA_MISSING. */
export async function userSource(given: string): Promise<Source> {
  const named = path.resolve(process.env.INIT_CWD ?? process.cwd(), given);
  const real = await realpath(named).catch((cause: unknown) => {
    throw new TapeworksError('MEDIA_MISSING', `There is no ${named}.`, { path: named }, { cause });
  });
  if ((await stat(real)).isDirectory()) return { mediaRoot: real, kind: 'folder', name: '.' };
  return { mediaRoot: path.dirname(real), kind: 'file', name: path.basename(real) };
}

/** The sample lesson; its video is made when it is not there yet. */
export const sampleSource = async (stack: Stack, log: (line: string) => void): Promise<Source> => ({
  mediaRoot: await sampleLesson(stack, log),
  kind: 'file',
  name: 'lesson/trading-basics.mp4',
});

async function sampleLesson({ tools }: Stack, log: (line: string) => void): Promise<string> {
  // As MEDIA_ROOT is by default, so that npm start finds what the demo registered.
  const samples = fromRoot('samples');
  const outFile = path.join(samples, 'lesson', 'trading-basics.mp4');
  if (existsSync(outFile)) return samples;
  const began = performance.now();
  log(
    `Sample lesson: making the video (${tools.espeak ? 'spoken by espeak-ng' : 'with a quiet tone; espeak-ng is not there'}) …`,
  );
  await makeLesson({ ffmpeg: tools.ffmpeg, espeak: tools.espeak, outFile });
  log(`Sample lesson: made in ${((performance.now() - began) / 1000).toFixed(1)} s`);
  return samples;
}
