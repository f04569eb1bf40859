/** Inference in processes of its own: the caller goes on answering, one that ended is replaced, compiled code works as the sources do. */
import { execFile } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { createEmbedder } from '../../clients/embedder/index.ts';
import { fromRoot } from '../../deploy/local/setup/paths.mjs';
import { caught, cpu, modelDir, sentence } from './embedder-fixtures.ts';
import { temporaryFolder } from './media-fixtures.ts';

const execute = promisify(execFile);

test('the process goes on while a batch is computed', async () => {
  const embedder = await createEmbedder({ ...cpu, precision: 'fp32', threads: 1 });
  let turns = 0;
  let running = true;
  const turn = () => {
    turns += 1;
    if (running) setImmediate(turn);
  };
  setImmediate(turn);
  await embedder.embed([sentence(240)]);
  running = false;
  // Tokenizing, asking and being answered take a few turns; hundreds say that nothing stood still.
  expect(turns).toBeGreaterThan(200);
  await embedder.close();
});

const inferenceProcesses = async () => {
  const { stdout } = await execute('pgrep', ['-P', String(process.pid), '-f', 'embedder/process']);
  return stdout.trim().split('\n').map(Number);
};

test('a process that is killed fails the call with its reason; the next call works again', async () => {
  const embedder = await createEmbedder({ ...cpu, precision: 'int8', threads: 2 });
  const texts = Array.from({ length: 300 }, (_, index) => `${sentence(30, index)} ${index}`);
  const [before] = await embedder.embed(texts.slice(0, 1));
  const processes = await inferenceProcesses();
  expect(processes).toHaveLength(2);
  let killed = false;
  const kill = () => {
    if (!killed) for (const pid of processes) process.kill(pid, 'SIGKILL');
    killed = true;
  };
  expect(await caught(embedder.embed(texts, { onBatch: kill }))).toMatchObject({
    code: 'EMBEDDER_UNAVAILABLE',
    message: expect.stringMatching(/SIGKILL.+next call starts a new one/),
  });
  expect((await embedder.embed(texts))[0]).toEqual(before);
  await embedder.close();
});

test('several callers at once, then none after closing', async () => {
  const embedder = await createEmbedder({ ...cpu, precision: 'int8', threads: 2 });
  const texts = Array.from({ length: 40 }, (_, index) => sentence(1 + index));
  const expected = await embedder.embed(texts);
  const together = await Promise.all(texts.map((text) => embedder.embed([text])));
  expect(together.map(([vector]) => vector)).toEqual(expected);
  await embedder.close();
  expect(await caught(embedder.embed(['late']))).toMatchObject({ code: 'EMBEDDER_UNAVAILABLE' });
});

test('compiled to JavaScript it starts its processes as well, and an open embedder does not keep the process', async () => {
  const { dir, remove } = await temporaryFolder();
  await symlink(fromRoot('node_modules'), path.join(dir, 'node_modules'));
  await writeFile(path.join(dir, 'package.json'), '{"type":"module"}');
  const compilerOptions = {
    noEmit: false,
    allowJs: false,
    checkJs: false,
    rootDir: fromRoot(),
    outDir: path.join(dir, 'dist'),
  };
  const files = [fromRoot('clients/embedder/index.ts'), fromRoot('clients/embedder/process.ts')];
  await mkdir(path.join(dir, 'project'));
  const project = path.join(dir, 'project/tsconfig.json');
  await writeFile(
    project,
    JSON.stringify({
      extends: fromRoot('tsconfig.json'),
      compilerOptions: { ...compilerOptions, typeRoots: [fromRoot('node_modules/@types')] },
      files,
    }),
  );
  await execute(fromRoot('node_modules/.bin/tsc'), ['-p', project]);
  const script = `
    import { createEmbedder } from './dist/clients/embedder/index.js';
    const embedder = await createEmbedder(${JSON.stringify({ ...cpu, modelDir: path.resolve(modelDir), precision: 'auto' })});
    console.log((await embedder.embed(['stop loss']))[0].length);`;
  await writeFile(path.join(dir, 'main.js'), script);
  const { stdout } = await execute(process.execPath, ['main.js'], { cwd: dir });
  expect(stdout).toBe('384\n');
  await remove();
});
