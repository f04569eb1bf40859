/** The same text, the same vector, bit for bit. */
import fc from 'fast-check';
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { createEmbedder } from '../../clients/embedder/index.ts';
import { PRECISIONS } from '../../contracts/embeddings.ts';
import { fromRoot } from '../../deploy/local/setup/paths.mjs';
import { readTranscript } from '../../domain/transcripts/read-transcript.ts';
import { cosine, cpu, sentence } from './embedder-fixtures.ts';

const LESSON = 'samples/lesson/trading-basics.srt';
const lessonTexts = async () => {
  const { cues } = readTranscript(await readFile(fromRoot(LESSON)), LESSON);
  return [...new Set(cues.map(({ text }) => text))];
};
const oddTexts = [
  '?',
  '🙂',
  '1234567890 '.repeat(20).trim(),
  'RSI(14) < 30 && close > sma(200)',
  'курс акций',
  sentence(600),
];

describe.each(PRECISIONS)('in %s', (precision) => {
  test('a vector depends on its text alone: not on batch, order, neighbours or process', async () => {
    const texts = [...(await lessonTexts()).slice(0, 60), ...oddTexts];
    const single = await createEmbedder({ ...cpu, precision, threads: 1 });
    const double = await createEmbedder({ ...cpu, precision, threads: 2 });
    const alone: Float32Array[] = [];
    for (const text of texts) alone.push((await single.embed([text]))[0] ?? new Float32Array());
    const indexes = fc.uniqueArray(fc.nat(texts.length - 1), { minLength: 1, maxLength: texts.length });
    await fc.assert(
      fc.asyncProperty(indexes, fc.constantFrom(single, double), async (chosen, embedder) => {
        const vectors = await embedder.embed(chosen.map((index) => texts[index] ?? ''));
        for (const [row, index] of chosen.entries()) expect(vectors[row]).toEqual(alone[index]);
      }),
      { numRuns: precision === 'fp16' ? 5 : 25 },
    );
    await Promise.all([single.close(), double.close()]);
  });

  test('a vector is like the one in fp32', async () => {
    const texts = await lessonTexts();
    const [embedder, reference] = [
      await createEmbedder({ ...cpu, precision, threads: 2 }),
      await createEmbedder({ ...cpu, precision: 'fp32', threads: 2 }),
    ];
    const [ours, theirs] = [await embedder.embed(texts), await reference.embed(texts)];
    const cosines = ours.map((vector, index) => cosine(vector, theirs[index] ?? new Float32Array()));
    expect(cosines.reduce((sum, value) => sum + value, 0) / cosines.length).toBeGreaterThan(0.99);
    expect(Math.min(...cosines)).toBeGreaterThan(0.95);
    await Promise.all([embedder.close(), reference.close()]);
  });
});
