import { defineConfig } from 'vitest/config';

// Packages are imported from source through the `@pixelrnn/source` condition: tests need no build.
const conditions = ['@pixelrnn/source', 'node'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: [
      'packages/*/src/**/*.test.ts',
      'experiments/src/**/*.test.ts',
      'notebooks/*.test.ts',
      'site/src/**/*.test.ts',
      'scripts/**/*.test.ts',
      'bench/**/*.test.ts',
    ],
    pool: 'forks',
    maxWorkers: 2,
    maxConcurrency: 2, // of tests that say so: notebooks, each with a kernel of its own
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
