/** The cross-encoder in its own process, on a tiny model: order, batches, long passages, damaged and missing files. */
import { execFile } from 'node:child_process';
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createReranker, type Reranker } from '../../clients/reranker/index.ts';
import { fromRoot, venvPython } from '../../deploy/local/setup/paths.mjs';
import { caught, sentence } from './embedder-fixtures.ts';
import { temporaryFolder } from './media-fixtures.ts';

const execute = promisify(execFile);
const POSITIONS = 64;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let modelDir: string;
let reranker: Reranker;
beforeAll(async () => {
  folder = await temporaryFolder();
  modelDir = await write('tiny', 1);
  reranker = await createReranker(modelDir);
});
afterAll(async () => {
  await reranker.close();
  await folder.remove();
});

async function write(name: string, outputs: number): Promise<string> {
  const target = path.join(folder.dir, name);
  const script = fromRoot('tests/clients/reranker_tiny_model.py');
  await execute(venvPython, ['-B', script, target, String(POSITIONS), String(outputs)]);
  return target;
}

const passages = [
  'the market is open',
  'stop and risk',
  'buy the trend',
  'the candle and the volume',
  'stop',
  ...Array.from({ length: 15 }, (_, at) => sentence(3 + at, at)),
];

describe('scores', () => {
  test('a passage that answers higher than others', async () => {
    const scores = await reranker.score('stop risk', passages);
    expect(scores).toHaveLength(passages.length);
    const order = passages.map((_, at) => at).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0));
    expect(new Set(order.slice(0, 2))).toEqual(new Set([1, 4]));
    expect(reranker.model).toBe('tiny');
  });

  test('do not depend on what is scored with them', async () => {
    const together = await reranker.score('stop risk', passages);
    for (const [at, passage] of passages.entries()) {
      const [alone] = await reranker.score('stop risk', [passage]);
      expect(alone).toBeCloseTo(together[at] ?? Number.NaN, 4);
    }
    expect(await reranker.score('stop', [])).toEqual([]);
  });

  test('searches at once get their own', async () => {
    const queries = ['stop', 'buy', 'market', 'candle'];
    const atOnce = await Promise.all(queries.map((query) => reranker.score(query, passages)));
    for (const [at, query] of queries.entries()) expect(await reranker.score(query, passages)).toEqual(atOnce[at]);
  });

  test('of a passage longer than the window its beginning is read, up to the last separator', async () => {
    // [CLS] stop [SEP] … [SEP] are four of the window's tokens and the query's one.
    const fits = Array.from({ length: POSITIONS - 4 }, (_, at) => (at % 3 ? 'market' : 'stop')).join(' ');
    const [whole, cut] = await reranker.score('stop', [fits, `${fits} ${'sell '.repeat(5_000)}`]);
    expect(cut).toBe(whole);
  });

  test('a question longer than the window leaves passages room', async () => {
    const [answer = 0, other = 0] = await reranker.score('stop '.repeat(400), ['stop', 'market']);
    expect(answer).toBeGreaterThan(other);
  });

  test.each([
    ['emoji', '🟢'.repeat(1_000)],
    ['right to left', '\u202Estop\u202C'],
    ['special tokens', '[SEP] [PAD] [CLS]'],
    ['nothing to see', '\u200B'],
    ['one long word', 'a'.repeat(2_000)],
    ['a pattern', '.*(a+)+$'],
  ])('whatever is asked: %s', async (_, query) => {
    expect((await reranker.score(query, [...passages, query])).every(Number.isFinite)).toBe(true);
  });
});

test('a model with two outputs is asked for its yes', async () => {
  const other = await createReranker(await write('two', 2));
  const [first, ...rest] = await other.score('stop', ['stop', 'market', 'buy']);
  expect(first).toBeGreaterThan(Math.max(...rest));
  await other.close();
});

test('a process that is killed is named, and another takes its place', async () => {
  const { stdout } = await execute('ps', ['-A', '-o', 'pid=,ppid=,args=']);
  const own = stdout
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .find(
      ([, parent, ...args]) =>
        parent === String(process.pid) && args.some((arg) => arg.endsWith('reranker/process.ts')),
    );
  const before = await reranker.score('stop', passages);
  const cutOff = caught(reranker.score('stop', Array(2_000).fill(sentence(60))));
  process.kill(Number(own?.[0]), 'SIGKILL');
  expect(await cutOff).toMatchObject({ code: 'RERANKER_UNAVAILABLE', message: expect.stringContaining('SIGKILL') });
  expect(await Promise.all([1, 2].map(() => reranker.score('stop', passages)))).toEqual([before, before]);
});

test('a crowd is sent away before it waits for ever', async () => {
  const asked = await Promise.all(Array.from({ length: 40 }, () => caught(reranker.score('stop', passages))));
  const refused = asked.filter(Boolean);
  expect(refused.length).toBeGreaterThan(0);
  expect(refused.length).toBeLessThan(40);
  for (const error of refused) expect(error).toMatchObject({ code: 'RERANKER_UNAVAILABLE' });
  expect(await reranker.score('stop', ['stop'])).toHaveLength(1);
});

describe('a folder that does not do', () => {
  const copy = async (name: string) => {
    const target = path.join(folder.dir, name);
    await cp(modelDir, target, { recursive: true });
    return target;
  };
  const files = ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'onnx/model.onnx'];

  test.each(files)('without %s', async (name) => {
    const target = await copy(`without-${path.basename(name)}`);
    await rm(path.join(target, name));
    const error = await caught(createReranker(target));
    expect(error).toMatchObject({ code: 'RERANKER_UNAVAILABLE', message: expect.stringContaining(name) });
    expect(error.message).not.toContain(folder.dir);
  });

  test.each(files)('with half of %s', async (name) => {
    const target = await copy(`half-${path.basename(name)}`);
    const whole = await readFile(path.join(target, name));
    await writeFile(path.join(target, name), whole.subarray(0, whole.length / 2));
    const error = await caught(createReranker(target));
    expect(error).toMatchObject({ code: 'RERANKER_UNAVAILABLE' });
    expect(error.message).not.toContain(folder.dir);
  });

  test('with a model of three outputs, or none of text', async () => {
    expect(await caught(createReranker(await write('three', 3)))).toMatchObject({
      code: 'RERANKER_UNAVAILABLE',
      message: expect.stringContaining('3 outputs'),
    });
    expect(await caught(createReranker(path.join(folder.dir, 'nowhere')))).toMatchObject({
      code: 'RERANKER_UNAVAILABLE',
      message: expect.stringContaining('config.json'),
    });
  });
});
