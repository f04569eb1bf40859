import { describe, expect, it } from 'vitest';
import { resultToMarkdown, withResults } from './report.ts';
import { type Result, resultSchema } from './result.ts';

const result: Result = {
  name: 'example',
  title: 'an example',
  at: '2026-01-02T03:04:05.000Z',
  machine: { cores: 2, memoryGiB: 8, cpu: 'Some CPU', node: 'v20.19.0' },
  settings: { threads: 2 },
  measures: [{ name: 'share', unit: '%', rounds: [4, 6], median: 5, min: 4, max: 6, goal: { atMost: 5 } }],
  comparisons: [
    {
      name: 'speed',
      unit: 'texts/s',
      better: 'higher',
      a: { name: 'ours', rounds: [300], median: 300, min: 300, max: 300 },
      b: { name: 'theirs', rounds: [200], median: 200, min: 200, max: 200 },
      ratio: { median: 1.5, min: 1.5, max: 1.5 },
      goal: { atLeast: 3 },
    },
  ],
  notes: ['Read it so.'],
};

describe('resultToMarkdown', () => {
  it('states machine, figures, and which goals are met', () => {
    const text = resultToMarkdown(resultSchema.parse(result));
    expect(text).toContain('Some CPU, 2 cores, 8 GiB, Node v20.19.0; threads: 2.');
    expect(text).toMatch(/\| share +\| 5 % +\| 4 – 6 +\| ≤ 5 %: met +\|/);
    expect(text).toMatch(/\| speed: ratio A ÷ B +\| 1\.5 × +\| 1\.5 – 1\.5 +\| ≥ 3 ×: not met +\|/);
    expect(text).toContain('- Read it so.');
  });

  it('lines its columns up', () => {
    const lengths = resultToMarkdown(result)
      .split('\n')
      .filter((line) => line.startsWith('|'))
      .map((line) => line.length);
    expect(new Set(lengths).size).toBe(1);
  });
});

describe('withResults', () => {
  const readme = 'before\n<!-- results: written by the runner -->\nold\n<!-- end of results -->\nafter\n';

  it('replaces what is between the marks, and doing it twice changes nothing more', () => {
    const once = withResults(readme, [result]);
    expect(once).not.toContain('old');
    expect(once).toContain('### example: an example');
    expect(once.endsWith('<!-- end of results -->\nafter\n')).toBe(true);
    expect(withResults(once, [result])).toBe(once);
  });

  it('refuses a text without marks', () => expect(() => withResults('nothing', [result])).toThrow('marks'));
});
