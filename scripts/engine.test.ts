import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

const script = fileURLToPath(new URL('engine.ts', import.meta.url));

function engine(args: string[], env: NodeJS.ProcessEnv) {
  return spawnSync(process.execPath, ['--conditions=@pixelrnn/source', '--import', 'tsx', script, ...args], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
}

test('--json is one object with exactly the promised keys', () => {
  const { stdout, stderr, status } = engine(['--json'], { PIXELRNN_ENGINE: 'wasm' });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toEqual({
    engine: 'wasm',
    tensorflow: expect.stringMatching(/^\d+\.\d+\.\d+$/),
    threads: 1,
    simd: 4,
    kernels: expect.stringMatching(/^(wasm|composed)$/),
    conv2dGflops: expect.any(Number),
    matmulGflops: expect.any(Number),
  });
});

test('the doctor tells what was tried, why it failed, and how fast the rest is', () => {
  const cache = mkdtempSync(join(tmpdir(), 'pixelrnn-doctor-'));
  onTestFinished(() => rmSync(cache, { recursive: true }));
  const { stdout, status } = engine([], { PIXELRNN_ENGINE: 'auto', PIXELRNN_CACHE_DIR: cache });
  expect(status).toBe(0);
  expect(stdout).toMatch(/^Engine +wasm, 1 thread, 4 floats a vector register$/m);
  expect(stdout).toMatch(/^libtensorflow +not installed: 'pnpm engine install'$/m);
  expect(stdout).toMatch(/^Tried gpu +\S/m);
  expect(stdout).toMatch(/^Tried node +\S/m);
  expect(stdout).toMatch(/^Tried wasm +runs$/m);
  expect(stdout).toMatch(/^conv2d +\d+\.\d GFLOP\/s$/m);
  expect(stdout).toMatch(/^matMul +\d+\.\d GFLOP\/s/m);
});

test.each([
  [['--fast'], {}, "unknown option '--fast'"],
  [['instal'], {}, 'too many arguments'],
  [['install', '--cpu', '--gpu'], {}, "option '--cpu' cannot be used with option '--gpu'"],
  [
    ['--json'],
    { PIXELRNN_ENGINE: 'webgl' },
    "PIXELRNN_ENGINE is 'webgl', which is no engine: expected one of auto,",
  ],
])('%j with %j is a usage error', (args, env, sentence) => {
  const { stdout, stderr, status } = engine(args, env);
  expect(stderr).toContain(sentence);
  expect(stdout).toBe('');
  expect(status).toBe(2);
});

test('a forced engine that cannot load is a failure', () => {
  const { stdout, stderr, status } = engine(['--json'], {
    PIXELRNN_ENGINE: 'node',
    PIXELRNN_CACHE_DIR: script,
  });
  expect(stderr).toMatch(/^engine: The engine 'node' cannot load: .+\n$/);
  expect(stdout).toBe('');
  expect(status).toBe(1);
});
