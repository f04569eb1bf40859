import { defineConfig } from 'vitest/config';

// Pure cores run at once; everything else shares one real stack (tests/setup/global.ts): Postgres, Temporal, the Qdrant engine.
export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    exclude: ['node_modules/**', 'dist/**', '.tools/**', '.data*/**'],
    globalSetup: ['tests/setup/global.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
