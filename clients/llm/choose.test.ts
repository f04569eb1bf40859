import { expect, test } from 'vitest';
import { parseConfig } from '../../contracts/config.ts';
import { createBackendChoice } from './choose.ts';
import type { LlmBackend } from './types.ts';

test('health is asked again only after 15 s', async () => {
  let asked = 0;
  let time = 0;
  const backend: LlmBackend = {
    name: 'counting',
    model: 'none',
    generate: () => Promise.reject(new Error('not asked')),
    health: async () => ({ ok: ++asked > 1, detail: '', models: [] }),
  };
  const choice = createBackendChoice(parseConfig({ LLM_BACKEND: 'auto' }), { backend, now: () => time });
  expect(await Promise.all([choice.chooseBackend(), choice.chooseBackend()])).toEqual([null, null]);
  time = 15_000;
  expect(await choice.chooseBackend()).toBeNull();
  expect(asked).toBe(1);
  time = 15_001;
  expect(await choice.chooseBackend()).toBe(backend);
  expect(asked).toBe(2);
});
