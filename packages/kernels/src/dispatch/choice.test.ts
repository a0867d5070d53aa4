import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { maskedConv2d } from '../ops/maskedConv2d.js';
import { loadFusedBackends } from '../testing/fusedBackends.js';
import { type KernelChoice, kernelsInUse, setKernels, whyComposed } from './choice.js';

const kinds: Record<string, string> = { tensorflow: 'native', wasm: 'wasm' };
let fused: string[];
beforeAll(async () => {
  fused = await loadFusedBackends();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await tf.setBackend('cpu');
});

describe('PIXELRNN_KERNELS', () => {
  // Before any call of setKernels, which counts more.
  test('forces composed kernels', async () => {
    await tf.setBackend('wasm');
    expect(kernelsInUse()).toBe('wasm');
    vi.stubEnv('PIXELRNN_KERNELS', 'composed');
    expect(kernelsInUse()).toBe('composed');
  });

  test('forces fused kernels, an error where there are none', async () => {
    vi.stubEnv('PIXELRNN_KERNELS', 'fused');
    expect(() => kernelsInUse()).toThrow(/^Fused kernels were asked for\. The backend 'cpu' has no fused/);
    const x = tf.zeros([1, 1, 1, 1]) as tf.Tensor4D;
    const convolve = () => maskedConv2d({ x, kernel: x, mask: x }, { taps: [{ row: 0, column: 0 }] });
    expect(convolve).toThrow(/^Fused kernels were asked for/);
    await tf.setBackend('wasm');
    expect(kernelsInUse()).toBe('wasm');
  });

  test('must be a known word', () => {
    vi.stubEnv('PIXELRNN_KERNELS', 'fast');
    expect(() => kernelsInUse()).toThrow(
      'PIXELRNN_KERNELS: expected one of auto, fused, composed, got "fast"',
    );
  });
});

describe('setKernels', () => {
  test('refuses other words', () => {
    expect(() => setKernels('native' as KernelChoice)).toThrow(
      'setKernels: expected one of auto, fused, composed, got "native"',
    );
  });

  test('fused where the backend has them', async () => {
    expect(fused).toContain('wasm');
    for (const backend of fused) {
      await tf.setBackend(backend);
      expect(kernelsInUse()).toBe(kinds[backend]);
      expect(whyComposed()).toBeNull();
      setKernels('fused');
      expect(kernelsInUse()).toBe(kinds[backend]);
      setKernels('composed');
      expect(kernelsInUse()).toBe('composed');
      setKernels('auto');
    }
  });

  test('composed where it has none, and forcing is an error that says why', () => {
    expect(kernelsInUse()).toBe('composed');
    expect(whyComposed()).toBe("The backend 'cpu' has no fused kernels: none are written for it.");
    expect(() => setKernels('fused')).toThrow(
      "Fused kernels were asked for. The backend 'cpu' has no fused kernels: none are written for it. " +
        "Use 'auto' (or unset PIXELRNN_KERNELS) to go on without them.",
    );
    expect(kernelsInUse()).toBe('composed');
  });

  test('a refused choice changes nothing', async () => {
    setKernels('composed');
    expect(() => setKernels('fused')).toThrow();
    await tf.setBackend('wasm');
    expect(kernelsInUse()).toBe('composed');
    setKernels('auto');
    expect(kernelsInUse()).toBe('wasm');
  });
});
