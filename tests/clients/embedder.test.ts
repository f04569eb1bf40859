import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasCudaProvider } from '../../clients/embedder/device.ts';
import { createEmbedder, type Embedder } from '../../clients/embedder/index.ts';
import { caught, cosine, cpu, model, modelDir, sentence } from './embedder-fixtures.ts';
import { temporaryFolder } from './media-fixtures.ts';

let embedder: Embedder;
beforeAll(async () => {
  embedder = await createEmbedder({ ...cpu, precision: 'fp32', threads: 2 });
});
afterAll(() => embedder.close());
const one = async (text: string) => (await embedder.embed([text]))[0] ?? new Float32Array();

describe('embedder', () => {
  test('gives the published vectors', async () => {
    const vector = await one('This is an example sentence');
    expect(vector).toHaveLength(embedder.dimension);
    [0.067657, 0.063496, 0.048713].forEach((value, index) => {
      expect(Math.abs((vector[index] ?? 0) - value)).toBeLessThan(2e-6);
    });
    expect(Math.abs(cosine(vector, vector) - 1)).toBeLessThan(1e-6);
  });

  test('likeness follows meaning', async () => {
    const [rsi, oversold, cooking] = await embedder.embed([
      'RSI below 30 means the market is oversold',
      'the relative strength index shows an oversold asset',
      'stir the soup and add salt',
    ]);
    if (!rsi || !oversold || !cooking) throw new Error('three vectors expected');
    expect(cosine(rsi, oversold)).toBeGreaterThan(cosine(rsi, cooking) + 0.3);
  });

  test('reads all of a long text', async () => {
    const long = `${sentence(400)} the doji candle`;
    expect(cosine(await one(long), await one(sentence(400)))).toBeLessThan(0.9999);
    expect(cosine(await one(long), await one(sentence(250)))).toBeGreaterThan(0.8);
  });

  test('a text tokenized in pieces is the same text', async () => {
    const words = sentence(2_000);
    expect(words.length).toBeGreaterThan(8_192);
    // White space is no token: other pieces, the same windows.
    expect(await one(words)).toEqual(await one(`${' '.repeat(3_000)}${words}`));
  });

  test('embeds identical texts once and hands out separate copies', async () => {
    const seen: number[] = [];
    const [first, second] = await embedder.embed(['stop loss', 'stop loss'], {
      onBatch: ({ total }) => seen.push(total),
    });
    expect(seen).toEqual([1]);
    expect(first).toEqual(second);
    expect(first).not.toBe(second);
  });

  test('takes no texts, refuses an empty one', async () => {
    expect(await embedder.embed([])).toEqual([]);
    expect(await caught(embedder.embed(['fine', ' \n']))).toMatchObject({
      code: 'INVALID_INPUT',
      details: { index: 1 },
    });
  });

  test('counts texts up to all of them', async () => {
    const texts = Array.from({ length: 60 }, (_, index) => `${sentence(1 + (index % 9))} ${index}`);
    const seen: { done: number; total: number }[] = [];
    await embedder.embed([...texts, sentence(600)], { onBatch: (progress) => seen.push(progress) });
    expect(seen.length).toBeGreaterThan(2);
    expect(seen.map(({ done }) => done)).toEqual(seen.map(({ done }) => done).toSorted((a, b) => a - b));
    expect(seen.at(-1)).toEqual({ done: 61, total: 61 });
  });

  test('stops between batches when cancelled', async () => {
    const controller = new AbortController();
    const batches: number[] = [];
    const texts = Array.from({ length: 300 }, (_, index) => `${sentence(20, index)} ${index}`);
    const embedding = embedder.embed(texts, {
      signal: controller.signal,
      onBatch: ({ done }) => {
        batches.push(done);
        controller.abort();
      },
    });
    expect(await caught(embedding)).toMatchObject({ code: 'CANCELLED' });
    expect(batches).toHaveLength(1);
    expect(await one('still there')).toHaveLength(384);
  });
});

describe('createEmbedder', () => {
  test('says what auto took and why', async () => {
    const automatic = await createEmbedder({ ...cpu, device: 'auto', precision: 'auto', threads: 1 });
    expect(automatic.note).toMatch(
      new RegExp(`^${model} on ${automatic.device} \\(.+\\), ${automatic.precision} \\(.+\\), 1 process$`),
    );
    if (!hasCudaProvider()) expect(automatic).toMatchObject({ device: 'cpu', note: expect.stringContaining('no GPU') });
    await automatic.close();
  });

  // A GPU with the CUDA provider of ONNX Runtime: neither comes from a package registry, and most machines have none.
  test.skipIf(!hasCudaProvider())('computes on the GPU (skipped: ONNX Runtime has no CUDA provider here)', async () => {
    const gpu = await createEmbedder({ ...cpu, device: 'cuda', precision: 'auto' });
    expect(gpu).toMatchObject({ device: 'cuda', precision: 'fp16' });
    const [vector] = await gpu.embed(['This is an example sentence']);
    expect(cosine(vector ?? new Float32Array(), await one('This is an example sentence'))).toBeGreaterThan(0.999);
    await gpu.close();
  });

  test.skipIf(hasCudaProvider())('refuses cuda without a device, saying what to do', async () => {
    const refused = await caught(createEmbedder({ ...cpu, device: 'cuda', deviceIndex: 1, precision: 'auto' }));
    expect(refused).toMatchObject({
      code: 'EMBEDDER_UNAVAILABLE',
      details: { device: 'cuda', deviceIndex: 1 },
      message: expect.stringContaining('Set EMBEDDING_DEVICE to auto or cpu'),
    });
  });

  test('refuses a model it does not know', async () => {
    expect(await caught(createEmbedder({ ...cpu, model: 'bert', precision: 'auto' }))).toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining(model),
    });
  });

  test('with onnx/model.onnx alone, auto takes fp32 and says so', async () => {
    const folder = await temporaryFolder();
    await mkdir(path.join(folder.dir, 'onnx'));
    for (const name of ['tokenizer.json', 'config.json', 'onnx/model.onnx'])
      await copyFile(path.join(modelDir, name), path.join(folder.dir, name));
    const made = await createEmbedder({ ...cpu, modelDir: folder.dir, precision: 'auto', threads: 1 });
    expect(made).toMatchObject({ precision: 'fp32', note: expect.stringContaining('model_int8.onnx is not in') });
    await made.close();
    expect(await caught(createEmbedder({ ...cpu, modelDir: folder.dir, precision: 'int8' }))).toMatchObject({
      code: 'EMBEDDER_UNAVAILABLE',
      message: expect.stringMatching(/needs onnx\/model_int8\.onnx.+Set EMBEDDING_PRECISION to auto/),
    });
    await folder.remove();
  });

  test.each(['tokenizer.json', 'config.json', 'onnx/model.onnx'])('names a missing or damaged %s', async (file) => {
    const folder = await temporaryFolder();
    await mkdir(path.join(folder.dir, 'onnx'));
    for (const name of ['tokenizer.json', 'config.json', 'onnx/model.onnx']) {
      if (name !== file) await copyFile(path.join(modelDir, name), path.join(folder.dir, name));
    }
    const opening = () => caught(createEmbedder({ ...cpu, modelDir: folder.dir, precision: 'auto' }));
    expect(await opening()).toMatchObject({
      code: 'EMBEDDER_UNAVAILABLE',
      message: expect.stringMatching(`${path.basename(file)} is missing`),
    });
    await writeFile(path.join(folder.dir, file), '{"half": ');
    expect(await opening()).toMatchObject({
      code: 'EMBEDDER_UNAVAILABLE',
      message: expect.stringContaining(path.basename(file)),
    });
    await folder.remove();
  });
});
