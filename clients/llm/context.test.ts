import { expect, test } from 'vitest';
import { contextSize, estimateTokens } from './context.ts';

test('grows by powers of two and never beyond the model', () => {
  expect(contextSize('short', 100, null)).toBe(4_096);
  expect(contextSize('x'.repeat(15_000), 512, 131_072)).toBe(8_192);
  expect(contextSize('short', 100, 2_048)).toBe(2_048);
  expect(() => contextSize('x'.repeat(15_000), 512, 4_096)).toThrow('the model holds 4096');
});

test('counts letters outside ASCII by their bytes', () => {
  expect(estimateTokens('買い')).toBe(6);
});
