/** Media that is broken or beyond measure, and disks and workers that give up in the middle. */
import { execFile, spawn } from 'node:child_process';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createFfmpeg } from '../../clients/ffmpeg/index.ts';
import { removeLeftovers } from '../../clients/files/index.ts';
import { TapeworksError } from '../../contracts/errors.ts';
import { ffmpeg, temporaryFolder } from './media-fixtures.ts';
import { decodedFrames, lavfi } from './smart-cut-fixtures.ts';

const execute = promisify(execFile);
const tools = createFfmpeg({
  ffmpeg: process.env.TEST_FFMPEG || 'ffmpeg',
  ffprobe: process.env.TEST_FFPROBE || 'ffprobe',
});
const MODES = ['accurate', 'keyframe', 'reencode'] as const;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
const at = (name: string) => path.join(folder.dir, name);
const x264 = ['-c:v', 'libx264', '-preset', 'veryfast', '-g', '30', '-c:a', 'aac'];

const caught = async (promise: Promise<unknown>): Promise<TapeworksError> => {
  const error = await promise.then(
    () => new Error('no error'),
    (thrown) => thrown,
  );
  if (error instanceof TapeworksError) return error;
  throw error;
};

beforeAll(async () => {
  folder = await temporaryFolder();
  await ffmpeg(...lavfi(20, '25', '320x240'), ...x264, '-movflags', '+faststart', at('whole.mp4'));
  await ffmpeg('-i', at('whole.mp4'), '-c', 'copy', at('whole.mkv'));
});
afterAll(() => folder.remove());

describe('broken files', () => {
  test.each([
    ['nothing.mp4', 'MEDIA_EMPTY', async () => Buffer.alloc(0)],
    ['zeros.mp4', 'MEDIA_UNREADABLE', async () => Buffer.alloc(5_000)],
    ['head-only.mp4', 'MEDIA_UNREADABLE', async () => (await readFile(at('whole.mp4'))).subarray(0, 600)],
    ['no-index.mp4', 'MEDIA_UNREADABLE', async () => withoutIndex()],
    ['text.webm', 'MEDIA_UNREADABLE', async () => Buffer.from('no video at all '.repeat(99))],
  ] as const)('%s is refused with %s and a remedy', async (name, code, bytes) => {
    await writeFile(at(name), await bytes());
    const error = await caught(tools.probe(at(name)));
    expect(error.code).toBe(code);
    expect(error.remedy).not.toBe('');
  });

  test.each(['mp4', 'mkv'])(
    'a truncated %s: what is there can be cut, what is not is an error, no part stays',
    async (kind) => {
      const source = at(`truncated.${kind}`);
      const bytes = await readFile(at(`whole.${kind}`));
      await writeFile(source, bytes.subarray(0, Math.floor(bytes.length * 0.6)));
      const probe = await tools.probe(source);
      for (const mode of MODES) {
        const there = { source, probe, mode, startMs: 1_000, endMs: 5_000, target: at(`there-${kind}-${mode}.mp4`) };
        expect((await tools.cutClip(there)).bytes).toBeGreaterThan(10_000);
        if (kind === 'mkv' && probe.durationMs < 15_000) continue;
        const gone = { ...there, startMs: 16_000, endMs: 19_500, target: at(`gone-${kind}-${mode}.mp4`) };
        const error = await caught(tools.cutClip(gone));
        expect(['CLIP_MISMATCH', 'MEDIA_TOOL_FAILED']).toContain(error.code);
        expect(error.remedy).not.toBe('');
      }
      expect((await readdir(folder.dir)).filter((name) => /gone-|partial/.test(name))).toEqual([]);
    },
  );

  test('damage in the middle does not get copied unnoticed over a join', async () => {
    const source = at('damaged.mp4');
    const bytes = await readFile(at('whole.mp4'));
    bytes.fill(0x55, Math.floor(bytes.length * 0.2), Math.floor(bytes.length * 0.9));
    await writeFile(source, bytes);
    const clip = {
      source,
      probe: await tools.probe(source),
      startMs: 7_400,
      endMs: 11_000,
      target: at('damaged-clip.mp4'),
    };
    const outcome = await tools.cutClip(clip).then(
      ({ method }) => method,
      ({ code }) => code,
    );
    expect(['reencode', 'CLIP_MISMATCH', 'MEDIA_TOOL_FAILED']).toContain(outcome);
  });
});

test('four hours: only the packets around the clip are read', async () => {
  await ffmpeg(...lavfi(60, '15', '32x32'), ...x264, '-ac', '1', '-b:a', '16k', at('minute.mp4'));
  await ffmpeg('-stream_loop', '239', '-i', at('minute.mp4'), '-c', 'copy', at('hours.mp4'));
  const source = at('hours.mp4');
  const probe = await tools.probe(source);
  expect(probe.durationMs).toBeGreaterThan(4 * 3_600_000 - 30_000);
  const startMs = 3 * 3_600_000 + 1_234;
  const clip = await tools.cutClip({ source, probe, startMs, endMs: startMs + 10_000, target: at('hours-clip.mp4') });
  expect(Math.abs(clip.startMs - startMs)).toBeLessThanOrEqual(67);
  expect((await decodedFrames(at('hours-clip.mp4'))).frames).toHaveLength(150);
});

describe('a full disk', () => {
  const small = () => at('small disk');
  let mounted = false;
  beforeAll(async () => {
    await mkdir(small());
    mounted = await execute('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'none', small()]).then(
      () => true,
      () => false,
    );
  });
  afterAll(async () => {
    if (mounted) await execute('umount', [small()]);
  });

  test.for(MODES)('%s: DISK_FULL, and nothing is left', async (mode, { skip }) => {
    skip(!mounted, 'this user may not mount a small file system');
    const source = at('whole.mp4');
    const probe = await tools.probe(source);
    const target = path.join(small(), 'clip.mp4');
    const error = await caught(tools.cutClip({ source, probe, mode, startMs: 400, endMs: 19_000, target }));
    expect(error.code).toBe('DISK_FULL');
    expect(error.remedy).toMatch(/space/);
    expect(await readdir(small())).toEqual([]);
  });
});

test('killed by −9 while writing: no clip under its name, and the leftovers go', async () => {
  const dir = at('killed');
  await mkdir(dir);
  await ffmpeg(
    '-f',
    'lavfi',
    '-i',
    'testsrc2=s=1280x720:r=30:d=30',
    '-c:v',
    'libx264',
    '-preset',
    'ultrafast',
    '-g',
    '60',
    at('big.mp4'),
  );
  const script = `
    import { createFfmpeg } from ${JSON.stringify(path.resolve('clients/ffmpeg/index.ts'))};
    const tools = createFfmpeg();
    const source = ${JSON.stringify(at('big.mp4'))};
    const probe = await tools.probe(source);
    for (;;) await tools.cutClip({ source, probe, startMs: 900, endMs: 29_100, target: ${JSON.stringify(path.join(dir, 'clip.mp4'))} }).then(() => process.exit());
  `;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], { detached: true });
  const ended = new Promise((resolve) => child.once('close', resolve));
  while (!(await readdir(dir)).some((name) => name.includes('.partial-')))
    await new Promise((resolve) => setTimeout(resolve, 2));
  // With its ffmpeg: a machine that loses power.
  process.kill(-(child.pid ?? 0), 'SIGKILL');
  await ended;
  const left = await readdir(dir);
  expect(left.length).toBeGreaterThan(0);
  expect(left).not.toContain('clip.mp4');
  await removeLeftovers(dir, '.partial-');
  expect(await readdir(dir)).toEqual([]);
  const source = at('big.mp4');
  const clip = {
    source,
    probe: await tools.probe(source),
    startMs: 900,
    endMs: 29_100,
    target: path.join(dir, 'clip.mp4'),
  };
  expect((await tools.cutClip(clip)).bytes).toBe((await stat(clip.target)).size);
  await rm(at('big.mp4'));
});

/** As a recorder that was cut off leaves it: the index would have come last. */
async function withoutIndex(): Promise<Buffer> {
  await ffmpeg('-i', at('whole.mp4'), '-c', 'copy', at('late-index.mp4'));
  const bytes = await readFile(at('late-index.mp4'));
  return bytes.subarray(0, bytes.indexOf('moov') - 4);
}
