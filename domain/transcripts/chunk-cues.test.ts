import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ChunkSettings, Cue } from '../../contracts/transcripts.ts';
import { chunkCues } from './chunk-cues.ts';

const settings = (policy: ChunkSettings['policy'], windowMs = 30_000, overlapMs = 10_000) => ({
  policy,
  windowMs,
  overlapMs,
});
const cue = (index: number, startMs: number, endMs: number, text: string): Cue => ({ index, startMs, endMs, text });
const brief = (cues: Cue[], chosen: ChunkSettings) =>
  chunkCues(cues, chosen).map(({ startMs, endMs, text, cueIndexes }) => [startMs, endMs, text, cueIndexes]);
const wordsOf = (items: { text: string }[]) => items.flatMap(({ text }) => text.split(' '));

const wordArb = fc
  .tuple(fc.stringMatching(/^[a-zA-Zäé0-9']{1,9}$/), fc.constantFrom('', '', '', '', ',', '.', '?', '!', '...'))
  .map(([word, end]) => word + end);
const cuesArb = fc
  .array(
    fc.record({
      words: fc.array(wordArb, { minLength: 1, maxLength: 14 }),
      gapMs: fc.constantFrom(0, 0, 10, 400, 900, 4_000, -800),
      lengthMs: fc.integer({ min: 1, max: 9_000 }),
      timed: fc.boolean(),
    }),
    { maxLength: 60 },
  )
  .map((made) => {
    let end = 0;
    let start = 0;
    return made.map(({ words, gapMs, lengthMs, timed }, index): Cue => {
      start = Math.max(start, end + gapMs, 0);
      end = start + lengthMs;
      const plain = cue(index, start, end, words.join(' '));
      if (!timed) return plain;
      const step = lengthMs / words.length;
      const at = (position: number) => Math.round(start + position * step);
      return { ...plain, words: words.map((text, i) => ({ text, startMs: at(i), endMs: at(i + 1) })) };
    });
  });

describe('every policy', () => {
  test.each(['cue', 'sentence', 'window'] as const)('%s keeps every word, in order, within its cues', (policy) => {
    fc.assert(
      fc.property(
        cuesArb,
        fc.integer({ min: 1_000, max: 60_000 }),
        fc.integer({ min: 0, max: 80_000 }),
        (cues, windowMs, overlapMs) => {
          const chunks = chunkCues(cues, settings(policy, windowMs, overlapMs));
          const joined = cues.map(({ text }) => text).join(' ');
          let covered = 0;
          let begun = -1;
          chunks.forEach((chunk, index) => {
            expect(chunk.index).toBe(index);
            expect(chunk.text.length).toBeLessThanOrEqual(Math.max(960, windowMs / 25));
            const held = chunk.cueIndexes.flatMap((at) => cues[at] ?? []);
            expect(chunk.startMs).toBeGreaterThanOrEqual(Math.min(...held.map(({ startMs }) => startMs)));
            expect(chunk.endMs).toBeLessThanOrEqual(Math.max(...held.map(({ endMs }) => endMs)) + 1);
            expect(chunk.endMs).toBeGreaterThan(chunk.startMs);
            // Each begins after the one before began, and no later than a space after what is covered.
            const from = joined.indexOf(chunk.text, policy === 'window' ? begun + 1 : covered);
            expect(from).toBeGreaterThan(begun);
            begun = from;
            covered = Math.max(covered, from + chunk.text.length);
          });
          if (policy === 'window') expect(new Set(wordsOf(chunks))).toEqual(new Set(wordsOf(cues)));
          else expect(wordsOf(chunks)).toEqual(wordsOf(cues));
        },
      ),
      { numRuns: 300 },
    );
  });

  test.each(['cue', 'sentence', 'window'] as const)('%s makes nothing of nothing', (policy) =>
    expect(chunkCues([], settings(policy))).toEqual([]),
  );
});

describe('sentences', () => {
  test('run over cue borders; abbreviations and decimals do not end them', () => {
    const cues = [
      cue(0, 0, 4_000, 'Mr. Lo buys at 3.5 when'),
      cue(1, 4_000, 6_000, 'it falls. Then he'),
      cue(2, 6_000, 8_000, 'waits.'),
    ];
    expect(brief(cues, settings('sentence'))).toEqual([
      [0, 5_059, 'Mr. Lo buys at 3.5 when it falls.', [0, 1]],
      [5_176, 8_000, 'Then he waits.', [1, 2]],
    ]);
  });

  test('take word times where there are some', () => {
    const words = [
      { text: 'Buy.', startMs: 100, endMs: 300 },
      { text: 'Sell.', startMs: 700, endMs: 900 },
    ];
    expect(brief([{ ...cue(0, 0, 1_000, 'Buy. Sell.'), words }], settings('sentence'))).toEqual([
      [100, 300, 'Buy.', [0]],
      [700, 900, 'Sell.', [0]],
    ]);
  });

  test('without punctuation end at pauses', () => {
    const line = 'so when the price comes back';
    const cues = Array.from({ length: 12 }, (_, index) => {
      const startMs = index * 2_500 + Math.floor(index / 3) * 800;
      return cue(index, startMs, startMs + 2_500, line);
    });
    const chunks = chunkCues(cues, settings('sentence'));
    expect(chunks.map(({ cueIndexes }) => cueIndexes)).toEqual([
      [0, 1, 2],
      [3, 4, 5],
      [6, 7, 8],
      [9, 10, 11],
    ]);
  });

  test('do not go on over a silence', () => {
    const cues = [cue(0, 0, 2_000, 'and so we'), cue(1, 9_000, 11_000, 'welcome back')];
    expect(chunkCues(cues, settings('sentence'))).toHaveLength(2);
  });

  test('one cue with everything, in any script, is cut to pieces that can be embedded', () => {
    const text = 'the trend is up and we wait for a pullback '.repeat(500).trim();
    const pieces = chunkCues([cue(0, 0, 900_000, text)], settings('cue'));
    expect(wordsOf(pieces)).toEqual(text.split(' '));
    expect(Math.max(...pieces.map((piece) => piece.text.length))).toBeLessThanOrEqual(320);
    const chinese = chunkCues([cue(0, 0, 900_000, '支撑位是价格停止下跌的地方。'.repeat(400))], settings('sentence'));
    expect(chinese).toHaveLength(400);
  });
});

describe('windows', () => {
  test('of captions without punctuation or pauses overlap too', () => {
    const line = 'and then the price comes back to it and';
    const captions = Array.from({ length: 60 }, (_, index) => cue(index, index * 2_500, index * 2_500 + 2_500, line));
    const chunks = chunkCues(captions, settings('window'));
    for (const [at, chunk] of chunks.slice(0, -1).entries())
      expect(chunks[at + 1]?.cueIndexes[0]).toBeLessThanOrEqual(chunk.cueIndexes.at(-1) ?? 0);
  });

  const cues = Array.from({ length: 20 }, (_, index) =>
    cue(index, index * 5_000, index * 5_000 + 5_000, `Step ${index}.`),
  );
  test('are whole sentences up to the length, and go back by the overlap', () =>
    expect(brief(cues, settings('window')).map(([startMs, endMs]) => [startMs, endMs])).toEqual([
      [0, 30_000],
      [20_000, 50_000],
      [40_000, 70_000],
      [60_000, 90_000],
      [80_000, 100_000],
    ]));
  test('without overlap have each word once', () =>
    expect(wordsOf(chunkCues(cues, settings('window', 30_000, 0)))).toEqual(wordsOf(cues)));
  test('cues that all claim the same time do not become one chunk', () => {
    const same = Array.from({ length: 2_000 }, (_, index) => cue(index, 0, 5_000, `We wait for number ${index} here.`));
    const chunks = chunkCues(same, settings('window'));
    expect(Math.max(...chunks.map(({ text }) => text.length))).toBeLessThanOrEqual(1_200);
    expect(wordsOf(chunks).length).toBeLessThan(wordsOf(same).length * 3);
  });
});

test('twelve hours are chunked whole, and the number of chunks grows with the length only', () => {
  const made = (hours: number) =>
    Array.from({ length: hours * 1_200 }, (_, index) =>
      cue(index, index * 3_000, index * 3_000 + 3_000, `the price ${index} comes down${index % 3 === 2 ? '.' : ''}`),
    );
  const [one, twelve] = [1, 12].map((hours) => chunkCues(made(hours), settings('window')));
  expect(Math.abs((twelve?.length ?? 0) - (one?.length ?? 0) * 12)).toBeLessThan(24);
  expect(twelve?.at(-1)?.endMs).toBe(12 * 3_600_000);
});
