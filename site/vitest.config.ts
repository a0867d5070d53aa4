import { defineConfig } from 'vitest/config';

// The page in a real browser: `pnpm test:slow` runs these, `vitest run --config site/vitest.config.ts` alone.
const conditions = ['@pixelrnn/source', 'node'];

export default defineConfig({
  root: new URL('.', import.meta.url).pathname,
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['src/**/*.browser.ts'],
    globalSetup: ['src/browser/buildOnce.ts'],
    pool: 'forks',
    maxWorkers: 1,
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
