// A slow test: addon and kernels compiled against TensorFlow 2.9.1 out of its Python wheel (207 MB), the nearest to the official build of
// TensorFlow.js that package indices hold, and their tests on it. Its argument is a shared libpython, which that wheel's library needs.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const source = ['--conditions=@pixelrnn/source', '--import', 'tsx'];
const tests = ['tensorflowOps', 'recurrentOps', 'gatedOps', 'threads'].map(
  (name) => `packages/kernels/src/native/${name}.test.ts`,
);

function must(command: string, args: string[], env: Record<string, string> = {}): void {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}`);
}

const [, , libpython] = process.argv;
if (!libpython) throw new Error('usage: checkEarlierTensorflow.ts LIBPYTHON');
const cache = mkdtempSync(join(tmpdir(), 'pixelrnn-tensorflow-2.9.1-'));
try {
  must(process.execPath, [...source, 'packages/engine/src/testing/earlierTensorflow.ts', cache]);
  const env = { PIXELRNN_CACHE_DIR: cache, LD_PRELOAD: libpython };
  must(process.execPath, [...source, 'scripts/engine.ts', 'install', '--cpu'], env);
  must(join(root, 'node_modules', '.bin', 'vitest'), ['run', ...tests], env);
} finally {
  rmSync(cache, { recursive: true, force: true });
}
