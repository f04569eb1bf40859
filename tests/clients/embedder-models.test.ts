/** The four models by configuration. Only the first can be had here: the others have random weights, and are right in shape. */
import { cp, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEmbedder } from '../../clients/embedder/index.ts';
import { loadTokenizer } from '../../clients/embedder/tokens.ts';
import { EMBEDDING_MODEL_NAMES, EMBEDDING_MODELS, PRECISIONS } from '../../contracts/embeddings.ts';
import { caught, cosine, cpu, sentence, writeRandomModel } from './embedder-fixtures.ts';
import { temporaryFolder } from './media-fixtures.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let modelDir: string;
beforeAll(async () => {
  folder = await temporaryFolder();
  modelDir = path.join(folder.dir, 'model');
  await writeRandomModel(modelDir);
});
afterAll(() => folder.remove());

describe.each(EMBEDDING_MODEL_NAMES)('%s', (model) => {
  const { dimension, maxTokens } = EMBEDDING_MODELS[model];

  test('cuts a text at its own window and keeps every token', async () => {
    const windows = await (await loadTokenizer(modelDir, maxTokens)).windows('the '.repeat(700));
    expect(Math.max(...windows.map(({ length }) => length))).toBe(maxTokens);
    expect(windows.reduce((sum, { length }) => sum + length - 2, 0)).toBe(700);
    expect(windows).toHaveLength(Math.ceil(700 / (maxTokens - 2)));
  });

  test.each(PRECISIONS)('gives vectors of length 1 in %s, also of a text longer than its window', async (precision) => {
    const embedder = await createEmbedder({ ...cpu, modelDir, model, precision, threads: 1 });
    const vectors = await embedder.embed(['stop', sentence(maxTokens - 2), sentence(maxTokens + 50)]);
    for (const vector of vectors) {
      expect(vector).toHaveLength(dimension);
      expect(Math.abs(cosine(vector, vector) - 1)).toBeLessThan(1e-6);
    }
    expect(embedder).toMatchObject({ model, dimension, precision, device: 'cpu' });
    await embedder.close();
  });
});

describe('a folder that does not fit', () => {
  test('a model of another dimension is refused, naming the file', async () => {
    const other = path.join(folder.dir, 'other');
    await cp(modelDir, other, { recursive: true });
    const config = JSON.parse(await readFile(path.join(other, 'config.json'), 'utf8'));
    await writeFile(path.join(other, 'config.json'), JSON.stringify({ ...config, hidden_size: 768 }));
    expect(await caught(createEmbedder({ ...cpu, modelDir: other, precision: 'auto' }))).toMatchObject({
      code: 'EMBEDDER_UNAVAILABLE',
      message: expect.stringContaining('config.json'),
    });
  });

  test.each(['model.onnx', 'model_int8.onnx'])('a truncated %s is named', async (name) => {
    const cut = path.join(folder.dir, `cut-${name}`);
    await cp(modelDir, cut, { recursive: true });
    const file = path.join(cut, 'onnx', name);
    const whole = await readFile(file);
    await writeFile(file, whole.subarray(0, whole.length / 2));
    const precision = name === 'model.onnx' ? 'fp32' : 'auto';
    expect(await caught(createEmbedder({ ...cpu, modelDir: cut, precision }))).toMatchObject({
      code: 'EMBEDDER_UNAVAILABLE',
      message: expect.stringContaining(name),
    });
  });
});
