import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { maskedConv2d } from '../ops/maskedConv2d.js';
import { loadBackends, on, relativeDifference } from '../testing/backends.js';
import {
  convolutions,
  drawConvolution,
  outputAndGradients,
  plainConvolution,
} from '../testing/convolutions.js';

let backends: string[];
beforeAll(async () => {
  backends = ['cpu', ...(await loadBackends())];
});

describe('composed maskedConv2d', () => {
  test('equals the plain convolution with the masked kernel, and so do all gradients', () => {
    const sizes = { batch: 3, side: 7, channels: 9, kernelSide: 5 };
    fc.assert(
      fc.property(convolutions(sizes), (one) => {
        const data = drawConvolution(one);
        const expected = on('cpu', 'composed', () => outputAndGradients(one, data, plainConvolution));
        for (const backend of backends) {
          const actual = on(backend, 'composed', () => outputAndGradients(one, data, maskedConv2d));
          expect(actual.length).toBe(expected.length);
          actual.forEach((values, i) => {
            expect(relativeDifference(values, expected[i]!), `${backend}, result ${i}`).toBeLessThan(1e-5);
          });
        }
      }),
      { seed: 1, numRuns: 60 },
    );
  });

  test('a dead weight has a zero gradient and no influence', () => {
    for (const backend of backends) {
      const [y, gradient] = on(backend, 'composed', () => {
        const x = tf.tensor4d([1, 2, 3], [1, 1, 3, 1]);
        const mask = tf.tensor4d([1, 0, 0], [1, 3, 1, 1]);
        const convolve = (kernel: tf.Tensor) =>
          maskedConv2d({ x, kernel: kernel as tf.Tensor4D, mask }, { taps: [{ row: 0, column: 0 }] });
        const kernel = tf.tensor4d([2, 1e30, -1e30], [1, 3, 1, 1]);
        return [convolve(kernel), tf.grad((k) => convolve(k))(kernel)];
      });
      // Each output reads its left neighbour only: 2 * (0, 1, 2), and d sum(y) / d weight = 0 + 1 + 2.
      expect([...Array.from(y!.values)]).toEqual([0, 2, 4]);
      expect([...Array.from(gradient!.values)]).toEqual([3, 0, 0]);
    }
  });
});
