import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createOcr } from '../../clients/ocr/index.ts';
import { ffmpeg, temporaryFolder } from './media-fixtures.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
const at = (name: string) => path.join(folder.dir, name);
/** Unset: the one on PATH; empty: this machine has none. */
const tesseract = process.env.TEST_TESSERACT ?? 'tesseract';
const ocr = createOcr({ tesseract });
const caught = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error) => error,
  );

/** A slide with one line of text to each entry. */
async function slide(name: string, lines: string[], background = 'white', ink = 'black'): Promise<string> {
  const drawn = lines.map(
    (line, index) => `drawtext=text='${line}':x=60:y=${60 + index * 90}:fontsize=44:fontcolor=${ink}`,
  );
  await ffmpeg(
    '-f',
    'lavfi',
    '-i',
    `color=${background}:s=1280x720:d=0.1`,
    '-vf',
    drawn.join(','),
    '-frames:v',
    '1',
    at(name),
  );
  return at(name);
}

beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder.remove());

test.skipIf(tesseract === '').each([
  ['white', 'black'],
  ['#10202c', 'white'],
])('reads the lines of a %s slide', async (background, ink) => {
  const lines = ['RSI period 14', 'Buy below 30', 'Stop loss 2 ATR'];
  const read = await ocr.read(await slide(`${ink}.png`, lines, background, ink));
  expect(read?.text.split('\n')).toEqual(lines);
  expect(read?.confidence).toBeGreaterThan(0.8);
  expect(read?.confidence).toBeLessThanOrEqual(1);
});

test.skipIf(tesseract === '')('a picture without text gives nothing', async () => {
  await ffmpeg('-f', 'lavfi', '-i', 'color=gray:s=640x360:d=0.1', '-frames:v', '1', at('empty.png'));
  expect(await ocr.read(at('empty.png'))).toBeNull();
});

test('without the program it says so', async () => {
  const missing = createOcr({ tesseract: '/nowhere/tesseract' });
  expect(await missing.available()).toBe(false);
  expect(await caught(missing.read(at('empty.png')))).toMatchObject({ code: 'TOOL_MISSING' });
});

test.skipIf(tesseract === '')('a file that is no picture, and a cancelled call', async () => {
  expect(await caught(ocr.read(at('absent.png')))).toMatchObject({ code: 'MEDIA_TOOL_FAILED' });
  expect(await caught(ocr.read(at('empty.png'), AbortSignal.abort()))).toMatchObject({ code: 'CANCELLED' });
});
