import { createHash } from 'node:crypto';
import { chmod, link, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  findSidecar,
  hashFile,
  isInside,
  resolveInside,
  walkMedia,
  writeAtomic,
  writeBeside,
} from '../../clients/files/index.ts';
import { temporaryFolder } from './media-fixtures.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
const at = (...parts: string[]) => path.join(folder.dir, ...parts);
const root = () => at('media');
const code = (promise: Promise<unknown>) =>
  promise.then(
    () => 'no error',
    (error) => error.code,
  );

beforeAll(async () => {
  folder = await temporaryFolder();
  await mkdir(at('media', 'course', '.hidden'), { recursive: true });
  await mkdir(at('media-other'));
  const files = [
    'media/b.MP4',
    'media/a.mp3',
    'media/a.en.srt',
    'media/notes.txt',
    'media/alone.vtt',
    'media/candles.json',
    'media/.secret.mp4',
  ];
  const nested = [
    'media/course/1.mkv',
    'media/course/1.json',
    'media/course/.hidden/2.mp4',
    'outside.mp4',
    'media-other/x.mp4',
  ];
  for (const file of [...files, ...nested]) await writeFile(at(file), file);
  await writeFile(at('media/empty.mp4'), '');
  await symlink(at('outside.mp4'), at('media/out.mp4'));
  await symlink(at('media-other'), at('media/other'));
  await symlink(at('media'), at('media/course/up'));
  await symlink('nowhere.mp4', at('media/broken.mp4'));
  await symlink('loop.mp4', at('media/loop.mp4'));
  await symlink(at('media/b.MP4'), at('media/course/again.mp4'));
  await symlink(at('media'), at('linked-root'));
});
afterAll(() => folder.remove());

describe('resolveInside', () => {
  test('gives the real path of what lies inside', async () => {
    expect(await resolveInside(root(), 'course/1.mkv')).toBe(at('media/course/1.mkv'));
    expect(await resolveInside(root(), at('media/a.mp3'))).toBe(at('media/a.mp3'));
    expect(await resolveInside(root(), 'course/../course/again.mp4')).toBe(at('media/b.MP4'));
    expect(await resolveInside(root(), 'course')).toBe(at('media/course'));
    expect(await resolveInside(at('linked-root'), at('linked-root/a.mp3'))).toBe(at('media/a.mp3'));
  });

  test.each([
    '../outside.mp4',
    '../media-other/x.mp4',
    '/etc/passwd',
    'out.mp4',
    'other/x.mp4',
    'a.mp3\0.srt',
    'loop.mp4',
    '..',
    '../absent.mp4',
  ])('refuses %j', async (named) => {
    expect(await code(resolveInside(root(), named))).toBe('PATH_NOT_ALLOWED');
  });

  test.each([
    ['absent.mp4', 'MEDIA_MISSING'],
    ['a.mp3/b', 'MEDIA_MISSING'],
    ['broken.mp4', 'MEDIA_MISSING'],
    ['empty.mp4', 'MEDIA_EMPTY'],
    ['x'.repeat(300), 'MEDIA_MISSING'],
  ])('%s: %s', async (named, wanted) => {
    expect(await code(resolveInside(root(), named))).toBe(wanted);
  });

  test('nothing outside is ever reached', async () => {
    const part = fc.constantFrom(
      '..',
      '.',
      '',
      'course',
      'other',
      'up',
      'out.mp4',
      '1.mkv',
      '/',
      'media',
      '~',
      'a.mp3',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 6 }), async (parts) => {
        const resolved = await resolveInside(root(), parts.join('/')).catch(() => null);
        expect(resolved === null || isInside(root(), resolved)).toBe(true);
      }),
    );
  });
});

test('walkMedia lists lessons, sorted, and does not leave the folder', async () => {
  expect(await walkMedia(root(), '.')).toEqual(['a.mp3', 'alone.vtt', 'b.MP4', 'course/1.mkv', 'course/again.mp4']);
  expect(await walkMedia(root(), 'course')).toEqual(
    ['a.mp3', 'alone.vtt', 'b.MP4', 'course/1.mkv', 'course/again.mp4']
      .map((name) => name.replace(/^(?!course)/, 'course/up/'))
      .sort(),
  );
  expect(await code(walkMedia(root(), '..'))).toBe('PATH_NOT_ALLOWED');
  const aborted = AbortSignal.abort();
  expect(await code(walkMedia(root(), '.', { signal: aborted }))).toBe('CANCELLED');
});

test('findSidecar prefers the plain name, then English, and follows no link', async () => {
  const dir = at('sidecars');
  await mkdir(dir);
  const media = path.join(dir, 'lesson 1.mp4');
  const put = (name: string) => writeFile(path.join(dir, name), 'x');
  const found = async () => path.basename((await findSidecar(media)) ?? 'none');
  await put('lesson 1.mp4');
  await put('lesson 10.srt');
  await put('lesson 1.info.json');
  await symlink('/etc/hostname', path.join(dir, 'lesson 1.srt'));
  expect(await found()).toBe('none');
  await put('lesson 1.de.srt');
  expect(await found()).toBe('lesson 1.de.srt');
  await put('lesson 1.en-US.vtt');
  expect(await found()).toBe('lesson 1.en-US.vtt');
  await put('lesson 1.json');
  expect(await found()).toBe('lesson 1.json');
  await put('lesson 1.VTT');
  expect(await found()).toBe('lesson 1.VTT');
  expect(await findSidecar(path.join(dir, 'lesson 10.srt'))).toBeNull();
});

test('hashFile is the SHA-256 of the bytes, in pieces', async () => {
  const bytes = new Uint8Array(3_000_000).map((_, index) => index % 251);
  await writeFile(at('big.bin'), bytes);
  const progress: number[] = [];
  expect(await hashFile(at('big.bin'), { onProgress: (done) => progress.push(done) })).toBe(
    createHash('sha256').update(bytes).digest('hex'),
  );
  expect(progress.length).toBeGreaterThan(1);
  expect(progress.at(-1)).toBe(3_000_000);
  const controller = new AbortController();
  expect(await code(hashFile(at('big.bin'), { signal: controller.signal, onProgress: () => controller.abort() }))).toBe(
    'CANCELLED',
  );
  expect(await code(hashFile(at('absent')))).toBe('MEDIA_MISSING');
});

describe('writing', () => {
  test('replaces all at once, through other names of the old file', async () => {
    await writeAtomic(at('new/deep/file.txt'), 'one');
    await link(at('new/deep/file.txt'), at('new/kept.txt'));
    await writeAtomic(at('new/deep/file.txt'), new TextEncoder().encode('two'));
    expect(await readFile(at('new/deep/file.txt'), 'utf8')).toBe('two');
    expect(await readFile(at('new/kept.txt'), 'utf8')).toBe('one');
  });

  test('a failure leaves the old file and no part', async () => {
    await writeAtomic(at('safe/file.txt'), 'old');
    const failing = writeBeside(at('safe/file.txt'), async (partial) => {
      await writeFile(partial, 'half');
      throw Object.assign(new Error('no room'), { code: 'ENOSPC' });
    });
    expect(await code(failing)).toBe('DISK_FULL');
    expect(await readFile(at('safe/file.txt'), 'utf8')).toBe('old');
    expect(await readdir(at('safe'))).toEqual(['file.txt']);
    await chmod(at('safe'), 0o700);
  });

  test.runIf(process.platform === 'linux')('a full disk is told as such', async () => {
    const { runProgram } = await import('../../clients/ffmpeg/run.ts');
    const full = runProgram({
      program: 'ffmpeg',
      args: ['-loglevel', 'error', '-f', 'lavfi', '-i', 'sine=d=1', '-f', 'wav', '-y', 'file:/dev/full'],
    });
    expect(await code(full)).toBe('DISK_FULL');
  });
});
