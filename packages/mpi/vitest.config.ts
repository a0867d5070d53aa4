import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const conditions = ['@pixelrnn/source', 'node'];

// What mpirun has to start, in the slow suite: one after the other, for the ranks of one program fill the processors.
export default defineConfig({
  root: fileURLToPath(new URL('../../', import.meta.url)),
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['packages/*/src/**/*.mpi.ts', 'experiments/src/**/*.mpi.ts', 'bench/**/*.mpi.ts'],
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
