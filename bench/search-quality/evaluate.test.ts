import { describe, expect, it } from 'vitest';
import type { Corpus } from './corpus.ts';
import { type Embed, evaluateEmbedder } from './evaluate.ts';
import { nearest, toRows } from './exact-search.ts';

const vector = (...values: number[]) => Float32Array.from(values);

describe('nearest', () => {
  it('gives the most similar first, of equal ones the earlier', () => {
    const rows = toRows([vector(0, 1), vector(1, 0), vector(0.6, 0.8), vector(1, 0)]);
    expect(nearest(rows, vector(1, 0), 3)).toEqual([1, 3, 2]);
  });

  it('refuses vectors of different dimensions', () => {
    expect(() => toRows([vector(1, 0), vector(1)])).toThrow('Vector 1 has 1 of 2 columns.');
  });
});

describe('evaluateEmbedder', () => {
  const cues = ['Wait for the breakout.', 'Place the stop loss.', 'Thank you.'].map((text, index) => ({
    index,
    text,
    startMs: index * 5_000,
    endMs: index * 5_000 + 4_000,
  }));
  const corpus: Corpus = {
    sources: [{ source: 'trading-basics', cues }],
    missing: [],
    queries: [
      { kind: 'name', query: 'breakout', moments: [{ source: 'trading-basics', fromMs: 0, toMs: 4_000, grade: 2 }] },
      { kind: 'name', query: 'stop', moments: [{ source: 'trading-basics', fromMs: 5_000, toMs: 9_000, grade: 1 }] },
    ],
    judged: 2,
  };
  /** One column a word of the queries: texts with neither word are unlike both. */
  const byWord: Embed = async (texts) =>
    texts.map((text) => vector(Number(text.includes('breakout')), Number(text.includes('stop'))));
  const policy = { policy: 'cue', windowMs: 30_000, overlapMs: 10_000 } as const;

  it('is 1 for an embedder that puts each answer first', async () => {
    expect(await evaluateEmbedder({ embed: byWord, policy, corpus })).toEqual({ ndcg10: 1, perQuery: [1, 1] });
  });

  it('discounts what comes later', async () => {
    const same: Embed = async (texts) => texts.map(() => vector(1));
    const { perQuery } = await evaluateEmbedder({ embed: same, policy, corpus });
    expect(perQuery[0]).toBe(1);
    expect(perQuery[1]).toBeCloseTo(1 / Math.log2(3), 12);
  });

  it('tells the embedder which texts are queries', async () => {
    const kinds: string[] = [];
    const embed: Embed = (texts, { kind }) => {
      kinds.push(`${kind} ${texts.length}`);
      return byWord(texts, { kind });
    };
    await evaluateEmbedder({ embed, policy, corpus });
    expect(kinds).toEqual(['passage 3', 'query 2']);
  });
});
