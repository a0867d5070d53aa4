import { defineConfig } from 'vitest/config';

// Grids on a real Slurm: `pnpm test:slow` runs these, `vitest run --config experiments/vitest.config.ts` alone.
const conditions = ['@pixelrnn/source', 'node'];

export default defineConfig({
  root: new URL('.', import.meta.url).pathname,
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['src/**/*.slurm.ts'],
    pool: 'forks',
    maxWorkers: 1,
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
