import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadBackends } from '../testing/backends.js';
import { withMemory } from './callMemory.js';
import { parameters } from './kernelsHeader.js';
import { startKernels } from './sideModule.js';
import { type WasmBackend, WasmHeap } from './wasmHeap.js';

let heap: WasmHeap;
beforeAll(async () => {
  await loadBackends();
  await tf.setBackend('wasm');
  heap = new WasmHeap(tf.backend() as WasmBackend);
});

describe('the memory of a call', () => {
  test('holds structs, field by field whatever the order in which they are given', () => {
    const words = withMemory(heap, 'test', (memory) => {
      const up = { residual: true, channels: 7 };
      const sizes = { hidden: 5, cin: 4, width: 3, height: 2, batch: 1 };
      const lstm = memory.struct('pixelrnn_diagonal_bilstm', { up, ...sizes });
      expect(lstm % 64).toBe(0);
      return Array.from(heap.integers(lstm).subarray(0, 7));
    });
    expect(words).toEqual([1, 2, 3, 4, 5, 7, 1]);
  });

  test('holds arrays of structs one behind the other, and lists', () => {
    withMemory(heap, 'test', (memory) => {
      const chain = (count: number) => ({ residuals: 10 * count, convs: 20 * count, count });
      const chains = memory.array('pixelrnn_conv_chain', [chain(1), chain(2)]);
      const list = memory.list([-1, 4]);
      expect(Array.from(heap.integers(chains).subarray(0, 6))).toEqual([1, 20, 10, 2, 40, 20]);
      expect(Array.from(heap.integers(list).subarray(0, 2))).toEqual([-1, 4]);
    });
  });

  test('gives an output that is not wanted no tensor and the address null', () => {
    const outputs = withMemory(heap, 'test', (memory) =>
      memory.outputs({ dx: undefined, dkernel: [2, 3], dbias: [3] }, ({ dx, dkernel, dbias }) => {
        expect(dx).toBe(0);
        expect(dkernel).toBeGreaterThan(0);
        expect(dbias).not.toBe(dkernel);
      }),
    );
    expect(outputs.map(({ shape }) => shape)).toEqual([[2, 3], [3]]);
    for (const output of outputs) heap.dispose(output);
  });
});

test('a function that takes other numbers than kernels.h says is refused', () => {
  const order = parameters.pixelrnn_conv_chain_maps as string[];
  order.push('stray');
  try {
    expect(() => startKernels(heap)).toThrow(
      'pixelrnn_conv_chain_maps takes 1 numbers in the module and 2 in kernels.h',
    );
  } finally {
    order.pop();
  }
});
