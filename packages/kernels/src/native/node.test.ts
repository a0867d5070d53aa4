import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { kernelsInUse, setKernels } from '../dispatch/choice.js';
import { maskedConv2d } from '../ops/maskedConv2d.js';
import { addonName, kernelsFolder } from './kernelsFolder.js';
import { nativeKernels } from './node.js';

const cache = mkdtempSync(join(tmpdir(), 'pixelrnn-native-'));
const version = '2.21.0';
const installed = vi.hoisted(() => ({ current: null as object | null }));
vi.mock('@pixelrnn/engine', async (importOriginal) => ({
  ...(await importOriginal<object>()),
  tensorflowInstallation: () => installed.current,
}));
vi.mock('@pixelrnn/files', async (importOriginal) => ({
  ...(await importOriginal<object>()),
  cacheDir: () => cache,
}));

beforeAll(async () => {
  // TensorFlow's backend in name, JavaScript in deed.
  tf.copyRegisteredKernels('cpu', 'tensorflow');
  tf.registerBackend('tensorflow', tf.findBackendFactory('cpu'));
  await tf.setBackend('tensorflow');
  (tf.backend() as tf.KernelBackend & { firstUse: boolean }).firstUse = false;
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(kernelsFolder({ version }), { recursive: true, force: true });
});
afterAll(() => rmSync(cache, { recursive: true, force: true }));

const absent = 'they are not built for this processor, run `pnpm engine install`';

test('native kernels say why they are not there', () => {
  expect(nativeKernels({ isUsingGpuDevice: true })).toEqual({
    unavailable: 'TensorFlow computes on a GPU, they on the processor',
  });
  installed.current = null;
  expect(nativeKernels({})).toEqual({
    unavailable: 'this TensorFlow was not installed by `pnpm engine install`',
  });
  installed.current = { version };
  expect(nativeKernels({})).toEqual({ unavailable: absent, repairable: true });
  const folder = kernelsFolder({ version });
  mkdirSync(folder);
  writeFileSync(join(folder, addonName), 'no addon');
  const broken = nativeKernels({}) as { unavailable: string };
  expect(broken).toMatchObject({ repairable: true });
  expect(broken.unavailable).toMatch(/^they do not load: .*kernels\.node.*, run `pnpm engine install`$/);
});

test('a machine that could be faster says so at the first operation, and only then', () => {
  installed.current = { version };
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  const x = tf.ones([1, 1, 1, 1]) as tf.Tensor4D;
  const convolve = () => maskedConv2d({ x, kernel: x, mask: x }, { taps: [{ row: 0, column: 0 }] });
  expect(kernelsInUse()).toBe('composed');
  expect(warn).not.toHaveBeenCalled();
  expect(convolve().dataSync()[0]).toBe(1);
  convolve();
  expect(warn.mock.calls).toEqual([
    [
      `The backend 'tensorflow' has no fused kernels: ${absent}. Composed ones run instead, several times slower.`,
    ],
  ]);
  expect(() => setKernels('fused')).toThrow(absent);
});
