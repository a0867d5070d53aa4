import { readdirSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '@pixelrnn/files/testing';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import {
  describeComparison,
  forgetComparison,
  keepComparison,
  readComparison,
  wasmAdvantage,
  whyWasmFirst,
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
const faster = () => ({ missing: kernels, node: { A: 100, B: 2.5 }, wasm: { A: 200, B: 20 } });
const slower = () => ({ missing: kernels, node: { A: 100, B: 2.5 }, wasm: { A: 50, B: 4 } });

test('the advantage is the geometric mean over the models of both', () => {
  expect(wasmAdvantage(faster())).toBeCloseTo(4, 12);
  expect(wasmAdvantage(slower())).toBeCloseTo(Math.sqrt(0.8), 12);
  expect(wasmAdvantage({ ...faster(), wasm: { A: 300, C: 1 } })).toBeCloseTo(3, 12);
  expect(wasmAdvantage({ ...faster(), wasm: {} })).toBe(1);
});

test('both figures are told, model by model', () => {
  expect(describeComparison(faster())).toBe('A 200 images/s against 100, B 20 images/s against 2.5');
});

test('what is kept is read again, and decides', async () => {
  expect(readComparison()).toBeUndefined();
  expect(whyWasmFirst()).toBeUndefined();
  await keepComparison(faster());
  expect(readComparison()).toEqual(faster());
  expect(whyWasmFirst()).toBe(
    'it has no fused kernels here, and WebAssembly with its own trains faster (A 200 images/s against 100, B 20 images/s against 2.5)',
  );
  await keepComparison(slower());
  expect(readComparison()).toEqual(slower());
  expect(whyWasmFirst()).toBeUndefined();
  await forgetComparison();
  expect(readComparison()).toBeUndefined();
  expect(readdirSync(cache)).toEqual([]);
  await forgetComparison();
});

test('it counts only as long as the kernels are missing', async () => {
  await keepComparison(faster());
  await writeFile(kernels, '');
  expect(whyWasmFirst()).toBeUndefined();
  await rm(kernels);
  expect(whyWasmFirst()).toMatch(/^it has no fused kernels/);
  await keepComparison({ ...faster(), missing: null });
  expect(whyWasmFirst()).toMatch(/^it has no fused kernels/);
});

test('composed kernels that the environment asks for are the choice of the user', async () => {
  await keepComparison(faster());
  vi.stubEnv('PIXELRNN_KERNELS', 'composed');
  expect(whyWasmFirst()).toBeUndefined();
  vi.stubEnv('PIXELRNN_KERNELS', 'fused');
  expect(whyWasmFirst()).toMatch(/^it has no fused kernels/);
});

test('another number of threads is another machine', async () => {
  await keepComparison(faster());
  vi.stubEnv('TF_NUM_INTRAOP_THREADS', '17');
  expect(readComparison()).toBeUndefined();
});

test.each(['', '{', '[]', '{"format": 2}', 'other'])('a file of %j is as good as none', async (content) => {
  await keepComparison(faster());
  const path = join(cache, readdirSync(cache)[0]!);
  const whole = await readFile(path, 'utf8');
  await writeFile(path, content === 'other' ? whole.replace('2.5', '-2.5') : content);
  expect(readComparison()).toBeUndefined();
  await writeFile(path, whole);
  expect(readComparison()).toEqual(faster());
});
