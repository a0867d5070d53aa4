import { readdirSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '@pixelrnn/files/testing';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import {
  describeComparison,
  type EngineComparison,
  forgetComparison,
  fusedAdvantage,
  keepComparison,
  preference,
  readComparison,
} from './comparison.js';

let cache: string;
let kernels: string;

beforeEach(async () => {
  cache = await temporaryFolder();
  kernels = join(cache, 'kernels.node');
  vi.stubEnv('PIXELRNN_CACHE_DIR', cache);
  vi.stubEnv('PIXELRNN_KERNELS', undefined);
});
afterEach(() => vi.unstubAllEnvs());

/** WebAssembly is twice as fast by the one model and eight times by the other: four times. */
const faster = (): EngineComparison => ({
  missing: kernels,
  measured: null,
  composed: { engine: 'node', speeds: { A: 100, B: 2.5 } },
  fused: { engine: 'wasm', speeds: { A: 200, B: 20 } },
});
const withSpeeds = (speeds: Record<string, number>): EngineComparison => ({
  ...faster(),
  fused: { engine: 'wasm', speeds },
});
const slower = () => withSpeeds({ A: 50, B: 4 });

test('the advantage is the geometric mean over the models of both', () => {
  expect(fusedAdvantage(faster())).toBeCloseTo(4, 12);
  expect(fusedAdvantage(slower())).toBeCloseTo(Math.sqrt(0.8), 12);
  expect(fusedAdvantage(withSpeeds({ A: 300, C: 1 }))).toBeCloseTo(3, 12);
  expect(fusedAdvantage(withSpeeds({}))).toBe(1);
});

test('both figures are told, model by model', () => {
  expect(describeComparison(faster())).toBe('A 200 images/s against 100, B 20 images/s against 2.5');
});

test('what is kept is read again, and decides', async () => {
  expect(readComparison()).toBeUndefined();
  expect(preference()).toBeUndefined();
  await keepComparison(faster());
  expect(readComparison()).toEqual(faster());
  expect(preference()).toEqual({
    engine: 'wasm',
    before: 'node',
    reason:
      'it has no fused kernels here, and WebAssembly with its own trains faster (A 200 images/s against 100, B 20 images/s against 2.5)',
  });
  await keepComparison(slower());
  expect(readComparison()).toEqual(slower());
  expect(preference()).toBeUndefined();
  await forgetComparison();
  expect(readComparison()).toBeUndefined();
  expect(readdirSync(cache)).toEqual([]);
  await forgetComparison();
});

test.each([
  ['node', 'the processor with its own'],
  ['wasm', 'WebAssembly with its own'],
] as const)(
  'a GPU comes after %s where that trains faster, and is for large models',
  async (engine, rival) => {
    const composed = { engine: 'gpu', speeds: { A: 100, B: 2.5 } } as const;
    await keepComparison({
      missing: null,
      measured: null,
      composed,
      fused: { engine, speeds: { A: 200, B: 20 } },
    });
    expect(preference()).toEqual({
      engine,
      before: 'gpu',
      reason: `it has no fused kernels, and ${rival} trains small models faster (A 200 images/s against 100, B 20 images/s against 2.5); large ones may gain by PIXELRNN_ENGINE=gpu`,
    });
    await keepComparison({
      missing: null,
      measured: null,
      composed,
      fused: { engine, speeds: { A: 90, B: 2 } },
    });
    expect(preference()).toBeUndefined();
  },
);

test('it counts only as long as the kernels are missing', async () => {
  await keepComparison(faster());
  await writeFile(kernels, '');
  expect(preference()).toBeUndefined();
  await rm(kernels);
  expect(preference()?.reason).toMatch(/^it has no fused kernels/);
  await keepComparison({ ...faster(), missing: null });
  expect(preference()?.reason).toMatch(/^it has no fused kernels/);
});

test('it counts only as long as the kernels that were measured are there', async () => {
  await writeFile(kernels, '');
  const composed = { engine: 'gpu', speeds: { A: 1 } } as const;
  await keepComparison({
    missing: null,
    measured: kernels,
    composed,
    fused: { engine: 'node', speeds: { A: 2 } },
  });
  expect(preference()?.engine).toBe('node');
  await rm(kernels);
  expect(preference()).toBeUndefined();
});

test('composed kernels that the environment asks for are the choice of the user', async () => {
  await keepComparison(faster());
  vi.stubEnv('PIXELRNN_KERNELS', 'composed');
  expect(preference()).toBeUndefined();
  vi.stubEnv('PIXELRNN_KERNELS', 'fused');
  expect(preference()?.reason).toMatch(/^it has no fused kernels/);
});

test('another number of threads is another machine', async () => {
  await keepComparison(faster());
  vi.stubEnv('TF_NUM_INTRAOP_THREADS', '17');
  expect(readComparison()).toBeUndefined();
});

test.each(['', '{', '[]', '{"format": 1}', 'other'])('a file of %j is as good as none', async (content) => {
  await keepComparison(faster());
  const path = join(cache, readdirSync(cache)[0]!);
  const whole = await readFile(path, 'utf8');
  await writeFile(path, content === 'other' ? whole.replace('2.5', '-2.5') : content);
  expect(readComparison()).toBeUndefined();
  await writeFile(path, whole);
  expect(readComparison()).toEqual(faster());
});
