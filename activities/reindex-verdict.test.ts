import { expect, test } from 'vitest';
import { type Evidence, judge } from './reindex-verdict.ts';

const bounds = { minRecall: 0.95, tolerance: 0.02 };
const evidence = (built: number | null, live: number | null, faithful = 60): Evidence => ({
  queries: built === null ? 0 : 30,
  recall: { built, live },
  sampled: 60,
  faithful,
});

test.each([
  ['as good as the live one', evidence(1, 1), true, 'the live one'],
  ['within the tolerance', evidence(0.98, 1), true, '0.9800'],
  ['further below the live one than that', evidence(0.97, 1), false, 'more than 0.02 below'],
  ['below the least recall', evidence(0.94, 0.9), false, 'below 0.95'],
  ['better than a live index of another model', evidence(0.99, null), true, 'another model'],
  ['with nothing to ask', evidence(null, null), true, 'no query'],
  ['with vectors of other texts', evidence(1, 1, 50), false, '10 of 60 vectors'],
  ['with a text that changed meanwhile', evidence(1, 1, 58), true, 'recall@10'],
])('a build %s', (_, told, accepted, reason) => {
  const verdict = judge(told, bounds);
  expect(verdict.accepted).toBe(accepted);
  expect(verdict.reason).toContain(reason);
});
