import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { runProgram } from '../../clients/ffmpeg/run.ts';
import { temporaryFolder } from './media-fixtures.ts';

const node = (script: string, options: { signal?: AbortSignal; maxOutputBytes?: number } = {}) =>
  runProgram({ program: process.execPath, args: ['-e', script], ...options });
const caught = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error) => error,
  );

test('gives what the program wrote', async () => {
  const { stdout, stderr } = await node('process.stdout.write("out"); process.stderr.write("err")');
  expect([stdout.toString(), stderr]).toEqual(['out', 'err']);
});

test('hands no keys and passwords on', async () => {
  process.env.API_KEY = 'secret-of-the-test';
  const { stdout } = await node('process.stdout.write(JSON.stringify(process.env))');
  delete process.env.API_KEY;
  expect(stdout.toString()).not.toContain('secret-of-the-test');
});

test('keeps the end of what a failed program said, without folders', async () => {
  const error = await caught(
    node('console.error("x".repeat(9000)); console.error("/srv/secret/lesson.mp4: broken"); process.exit(3)'),
  );
  expect(error).toMatchObject({
    code: 'MEDIA_TOOL_FAILED',
    message: 'node failed: lesson.mp4: broken',
    details: { exitCode: 3 },
  });
  expect(error.details.stderr).not.toContain('secret');
  expect(error.details.stderr.length).toBeLessThanOrEqual(4_000);
});

test('a missing program is named', async () => {
  expect(await caught(runProgram({ program: '/nowhere/ffmpeg', args: [] }))).toMatchObject({
    code: 'TOOL_MISSING',
    details: { program: 'ffmpeg' },
  });
});

test('ends a program that ignores SIGTERM', async () => {
  const folder = await temporaryFolder();
  const mark = path.join(folder.dir, 'started');
  const controller = new AbortController();
  const script = `process.on('SIGTERM', () => {}); require('fs').writeFileSync(${JSON.stringify(mark)}, ''); setInterval(() => {}, 1000)`;
  const running = caught(node(script, { signal: controller.signal }));
  while (!existsSync(mark)) await new Promise((resolve) => setTimeout(resolve, 10));
  controller.abort(new Error('not wanted any more'));
  expect(await running).toMatchObject({ code: 'CANCELLED', cause: { message: 'not wanted any more' } });
  await folder.remove();
});

test('does not start when already cancelled, and ends one that writes without end', async () => {
  expect(await caught(node('1', { signal: AbortSignal.abort() }))).toMatchObject({ code: 'CANCELLED' });
  const endless = node('const more = () => process.stdout.write("x".repeat(65536), more); more()', {
    maxOutputBytes: 100_000,
  });
  expect(await caught(endless)).toMatchObject({
    code: 'MEDIA_TOOL_FAILED',
    message: expect.stringContaining('more than 100000 bytes'),
  });
});
