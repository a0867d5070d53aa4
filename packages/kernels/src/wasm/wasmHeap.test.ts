import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { setKernels } from '../dispatch/choice.js';
import { runKernel } from '../dispatch/runKernel.js';
import { bernoulliCrossEntropy, softmaxCrossEntropy } from '../ops/crossEntropy.js';
import { maskedConv2d } from '../ops/maskedConv2d.js';
import { rmsPropUpdate } from '../ops/optimizers.js';
import { loadBackends } from '../testing/backends.js';
import { kernelsBase64 } from './module.js';
import { type WasmBackend, WasmHeap } from './wasmHeap.js';

let backend: WasmBackend;
beforeAll(async () => {
  await loadBackends();
  await tf.setBackend('wasm');
  backend = tf.backend() as WasmBackend;
  setKernels('fused');
});
afterEach(() => {
  vi.restoreAllMocks();
});

const taps = [{ row: 0, column: 0 }];
const convolve = () => {
  const x = tf.tensor4d([1, 2, 3, 4, 5, 6], [1, 1, 3, 2]);
  const kernel = tf.tensor4d([1, 10], [1, 1, 2, 1]);
  return maskedConv2d({ x, kernel, mask: tf.onesLike(kernel), bias: tf.tensor1d([0.5]) }, { taps });
};

test('the embedded module is wasm/kernels.wasm', () => {
  const file = readFileSync(new URL('../../wasm/kernels.wasm', import.meta.url));
  const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
  expect(hash(Buffer.from(kernelsBase64, 'base64')), 'run `pnpm --filter @pixelrnn/kernels embed`').toBe(
    hash(file),
  );
});

describe('the heap', () => {
  test('may grow between and within operations', () => {
    const { memory } = new WasmHeap(backend);
    const { buffer } = memory;
    const expected = [21.5, 43.5, 65.5];
    expect(Array.from(convolve().dataSync())).toEqual(expected);
    const large = tf.zeros([buffer.byteLength / 4]);
    expect(buffer.byteLength).toBe(0); // detached: the memory has grown
    expect(Array.from(convolve().dataSync())).toEqual(expected);
    large.dispose();

    const grown = memory.buffer;
    const pixels = 250_000;
    const channels = Math.ceil(grown.byteLength / (4 * pixels));
    const [x, kernel] = [tf.ones([1, 500, 500, 1]), tf.ones([1, 1, 1, channels])] as [
      tf.Tensor4D,
      tf.Tensor4D,
    ];
    const y = maskedConv2d({ x, kernel, mask: kernel }, { taps });
    expect(grown.byteLength).toBe(0); // the output alone is larger than all memory was
    expect(tf.min(y).dataSync()[0]).toBe(1);
    tf.dispose([x, kernel, y]);
  });

  test('gets all space back, also when it is exhausted in the middle of an operation', () => {
    const x = tf.tensor4d([1, 2, 3, 4, 5, 6], [1, 1, 3, 2]);
    const kernel = tf.tensor4d([1, 10], [1, 1, 2, 1]);
    const dy = tf.ones([1, 1, 3, 1]);
    const logits = tf.tensor2d([[1, 2, 3]]);
    const labels = tf.tensor1d([1], 'int32');
    const bits = tf.ones([1, 3], 'int32');
    const lists = { parameters: [x, dy], gradients: [x, dy], squares: [x, dy] };
    const inputs = { x, kernel, mask: kernel, dy };
    const attributes = {
      taps: [0, 0],
      inputRelu: true,
      outputRelu: false,
      inputGradient: true,
      biasGradient: true,
    };
    const operations: [string, () => unknown][] = [
      [
        'maskedConv2d',
        () => maskedConv2d({ x, kernel, mask: kernel, residual: dy as tf.Tensor4D }, { taps }),
      ],
      ['gradient of maskedConv2d', () => runKernel('maskedConv2dBackward', inputs, attributes)],
      ['softmaxCrossEntropy', () => softmaxCrossEntropy(logits, labels)],
      ['bernoulliCrossEntropy', () => bernoulliCrossEntropy(logits, bits)],
      ['rmsPropUpdate', () => rmsPropUpdate(lists, { rate: 0.1, decay: 0.9, epsilon: 1e-8 })],
    ];
    const tensors = tf.memory().numTensors;

    const live = new Set<number>();
    const { _malloc: malloc, _free: free } = backend.wasm;
    let left = Number.POSITIVE_INFINITY;
    vi.spyOn(backend.wasm, '_malloc').mockImplementation((bytes) => {
      if (left-- <= 0) return 0;
      const address = malloc(bytes);
      live.add(address);
      return address;
    });
    vi.spyOn(backend.wasm, '_free').mockImplementation((address) => {
      live.delete(address);
      free(address);
    });
    for (const [name, run] of operations) {
      const tidied = () => tf.tidy(() => void run());
      tidied();
      expect(live.size).toBe(0);
      for (left = 0; ; ) {
        const allowed = left;
        try {
          tidied();
          expect(allowed, name).toBeGreaterThan(0);
          break;
        } catch (error) {
          expect((error as Error).message).toMatch(
            new RegExp(`^${name}: the WASM heap has no \\d+ bytes left$`),
          );
        }
        expect(live.size).toBe(0);
        expect(tf.memory().numTensors).toBe(tensors);
        left = allowed + 1;
      }
      left = Number.POSITIVE_INFINITY;
    }
    tf.dispose([x, kernel, dy, logits, labels, bits]);
  });
});

describe('labels out of range are errors', () => {
  test.each([
    ['above', [0, 1, 2, 4], 'label 4 at position 3 of labels [2,2] lies outside 0 .. 2'],
    ['below', [0, -1, 2, 4], 'label -1 at position 1 of labels [2,2] lies outside 0 .. 2'],
  ])('%s', (_, labels, message) => {
    const before = backend.numDataIds();
    const wrong = tf.tensor2d(labels, [2, 2], 'int32');
    expect(() => tf.tidy(() => softmaxCrossEntropy(tf.zeros([2, 2, 3]), wrong))).toThrow(
      `softmaxCrossEntropy: ${message}`,
    );
    expect(() => tf.tidy(() => bernoulliCrossEntropy(tf.zeros([2, 2]), wrong))).toThrow(
      /^bernoulliCrossEntropy: label/,
    );
    wrong.dispose();
    expect(backend.numDataIds()).toBe(before);
  });
});
