import { describe, expect, it } from 'vitest';
import { loadCorpus, readJudgements } from './corpus.ts';

describe('judgements', () => {
  it('are at least a hundred queries, each asked once and answered somewhere', async () => {
    const { queries } = await readJudgements();
    expect(queries.length).toBeGreaterThanOrEqual(110);
    expect(new Set(queries.map(({ query }) => query.toLowerCase())).size).toBe(queries.length);
    expect(queries.filter(({ moments }) => moments.every(({ grade }) => grade < 2)).map(({ query }) => query)).toEqual(
      [],
    );
  });

  it('lie within their sources', async () => {
    const { sources, queries } = await loadCorpus();
    const ends = new Map(sources.map(({ source, cues }) => [source, cues.at(-1)?.endMs ?? 0]));
    const beyond = queries.flatMap(({ query, moments }) =>
      moments.filter(({ source, toMs }) => toMs > (ends.get(source) ?? 0)).map(() => query),
    );
    expect(beyond).toEqual([]);
  });

  it('leave out what lies in a source that is not there', async () => {
    const { sources, missing, queries } = await loadCorpus('no-such-folder');
    expect(sources.map(({ source }) => source)).toEqual(['trading-basics']);
    expect(missing).toHaveLength(5);
    expect(queries.flatMap(({ moments }) => moments).every(({ source }) => source === 'trading-basics')).toBe(true);
  });
});
