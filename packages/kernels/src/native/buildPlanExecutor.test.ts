import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { nativeExecutor, nativeExecutorIsBuilt } from '../plan/nativeExecutor.js';
import { planOf } from '../testing/plans.js';
import { buildPlanExecutor } from './buildPlanExecutor.js';
import { planAddonName, planCompilerFlags } from './planFolder.js';

const root = mkdtempSync(join(tmpdir(), 'pixelrnn-plan-'));
const cache = join(root, 'cache');
vi.mock('@pixelrnn/files', () => ({ cacheDir: () => cache }));

function useCompiler(script: string): void {
  const path = join(root, 'compiler');
  writeFileSync(
    path,
    `#!/bin/sh\n[ "$1" = --version ] && exit\nall="$*"\nwhile [ "$1" != -o ]; do shift; done\nset -- "$2"\n${script}\n`,
  );
  chmodSync(path, 0o755);
  vi.stubEnv('CXX', path);
}

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(cache, { recursive: true, force: true });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

test('compiles the executor alone, without TensorFlow, once', async () => {
  useCompiler('echo "$all" > "$1"');
  expect(nativeExecutorIsBuilt()).toBe(false);
  const first = await buildPlanExecutor();
  expect(first).toMatchObject({ built: true });
  const { folder } = first as { folder: string };
  expect(dirname(folder)).toBe(cache);
  expect(await buildPlanExecutor()).toEqual({ folder, built: false });
  expect(nativeExecutorIsBuilt()).toBe(true);
  const command = readFileSync(join(folder, planAddonName), 'utf8');
  expect(command).toContain('plan/addon.cc');
  expect(command).not.toMatch(/tensorflow|test_parts/);
});

test('every operation rounds by itself', () => {
  const flags = planCompilerFlags(['avx2', 'fma']);
  expect(flags).toContain('-ffp-contract=off');
  expect(flags.join(' ')).not.toMatch(/fast|associative|reciprocal/);
});

test('says what the compiler said, and that there is no executor', async () => {
  useCompiler('echo "plan.cc:1:2: error: no such thing" >&2; exit 1');
  expect(await buildPlanExecutor()).toEqual({
    unavailable: 'they cannot be built: plan.cc:1:2: error: no such thing',
  });
  expect(existsSync(join(cache, planAddonName))).toBe(false);
  const plan = planOf('convolutions', { height: 2, width: 2, colors: 1, levels: 2 }, 1);
  expect(() => nativeExecutor(plan)).toThrow(
    'plan executor: the native one is not built for this processor, run `pnpm engine install` or take WebAssembly',
  );
});

test('threads are those of PIXELRNN_THREADS', () => {
  const plan = planOf('convolutions', { height: 2, width: 2, colors: 1, levels: 2 }, 1);
  vi.stubEnv('PIXELRNN_THREADS', 'many');
  expect(() => nativeExecutor(plan)).toThrow("PIXELRNN_THREADS must be a positive integer, got 'many'");
});
