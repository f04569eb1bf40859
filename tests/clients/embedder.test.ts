import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEmbedder, type Embedder } from '../../clients/embedder/index.ts';
import { temporaryFolder } from './media-fixtures.ts';

const model = 'all-MiniLM-L6-v2';
const modelDir = process.env.EMBEDDING_MODEL_DIR || path.resolve('.tools/model', model);
const cpu = { modelDir, model, device: 'cpu', deviceIndex: 0 } as const;
const words = 'buy sell stop target trend candle volume average price market close open'.split(' ');
const sentence = (length: number, from = 0) =>
  Array.from({ length }, (_, index) => words[(from + index * 5) % words.length]).join(' ');
const cosine = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
const caught = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error) => error,
  );

let embedder: Embedder;
beforeAll(async () => {
  embedder = await createEmbedder(cpu);
});
afterAll(() => embedder.close());
const one = async (text: string) => (await embedder.embed([text]))[0] ?? new Float32Array();

describe('embedder', () => {
  test('gives the published vectors', async () => {
    const vector = await one('This is an example sentence');
    expect(vector).toHaveLength(embedder.dimension);
    [0.067657, 0.063496, 0.048713].forEach((value, index) => {
      expect(Math.abs((vector[index] ?? 0) - value)).toBeLessThan(1e-4);
    });
    expect(Math.abs(cosine(vector, vector) - 1)).toBeLessThan(1e-6);
  });

  test('same text, same vector, whatever it is embedded with', async () => {
    const texts = Array.from({ length: 21 }, (_, index) => sentence(1 + ((index * 13) % 60), index));
    const together = await embedder.embed(texts);
    for (const [index, text] of texts.entries()) {
      const alone = await one(text);
      const difference = Math.max(...alone.map((value, column) => Math.abs(value - (together[index]?.[column] ?? 9))));
      expect(difference).toBeLessThan(1e-5);
    }
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

  test('stops between batches when cancelled', async () => {
    const controller = new AbortController();
    const batches: number[] = [];
    const texts = Array.from({ length: 40 }, (_, index) => `${sentence(5, index)} ${index}`);
    const embedding = embedder.embed(texts, {
      signal: controller.signal,
      onBatch: ({ done }) => {
        batches.push(done);
        controller.abort();
      },
    });
    expect(await caught(embedding)).toMatchObject({ code: 'CANCELLED' });
    expect(batches).toEqual([8]);
  });
});

describe('createEmbedder', () => {
  test('says which device it took', async () => {
    const automatic = await createEmbedder({ ...cpu, device: 'auto' });
    expect(['cpu', 'cuda']).toContain(automatic.device);
    if (automatic.device === 'cpu') {
      const refused = await caught(createEmbedder({ ...cpu, device: 'cuda' }));
      expect(refused).toMatchObject({ code: 'EMBEDDER_UNAVAILABLE', details: { device: 'cuda' } });
    }
    await automatic.close();
  });

  test.each(['tokenizer.json', 'config.json', 'onnx/model.onnx'])('names a missing or damaged %s', async (file) => {
    const folder = await temporaryFolder();
    await mkdir(path.join(folder.dir, 'onnx'));
    for (const name of ['tokenizer.json', 'config.json', 'onnx/model.onnx']) {
      if (name !== file) await copyFile(path.join(modelDir, name), path.join(folder.dir, name));
    }
    const opening = () => caught(createEmbedder({ ...cpu, modelDir: folder.dir }));
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
