import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { GatedConv2dInputs } from '../composed/gatedConv2d.js';
import { setKernels } from '../dispatch/choice.js';
import { largest, on, relativeDifference, useCpu } from '../testing/backends.js';
import { loadFusedBackends } from '../testing/fusedBackends.js';
import {
  drawGatedConvolution,
  gatedConvolutions,
  gatedOutputAndGradients,
} from '../testing/gatedConvolutions.js';
import { gatedConv2d } from './gatedConv2d.js';

await useCpu();

let fused: string[];
beforeAll(async () => {
  fused = await loadFusedBackends();
});
afterEach(() => setKernels('auto'));

const taps = [{ row: 0, column: 0 }];
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

describe('gatedConv2d', () => {
  test('numbers to check by hand: the first half through tanh, the second through the logistic function', () => {
    const inputs: GatedConv2dInputs = {
      x: tf.tensor4d([2, -1], [1, 1, 2, 1]),
      kernel: tf.tensor4d([0.5, -1], [1, 1, 1, 2]),
      mask: tf.ones([1, 1, 1, 2]),
      bias: tf.tensor1d([0.1, 0.2]),
      vector: tf.tensor2d([0.3, -0.4], [1, 2]),
      map: tf.tensor4d([0, 1, 2, 3], [1, 1, 2, 2]),
    };
    const expected = [
      Math.tanh(1 + 0.1 + 0.3 + 0) * sigmoid(-2 + 0.2 - 0.4 + 1),
      Math.tanh(-0.5 + 0.1 + 0.3 + 2) * sigmoid(1 + 0.2 - 0.4 + 3),
    ];
    gatedConv2d(inputs, taps)
      .dataSync()
      .forEach((value, i) => void expect(value).toBeCloseTo(expected[i] as number, 6));
  });

  test('fused equals composed: output and every gradient', () => {
    fc.assert(
      fc.property(gatedConvolutions, (one) => {
        const data = drawGatedConvolution(one);
        const compute = () => gatedOutputAndGradients(data);
        const expected = on('cpu', 'composed', compute);
        // The terms of a parameter's gradient, one a pixel, are about as large as dx, also where they cancel.
        const ofTerms = largest(expected[1]!);
        for (const backend of fused) {
          on(backend, 'fused', compute).forEach((values, i) => {
            const name = `${backend}, ${['y', ...Object.keys(data.variables)][i]}`;
            const difference = relativeDifference(values, expected[i]!, i > 1 ? ofTerms : undefined);
            expect(difference, name).toBeLessThan(1e-5);
          });
        }
      }),
      { seed: 9, numRuns: 25 },
    );
  });

  test('obeys the choice of kernels', async () => {
    const sizes = { batch: 1, height: 2, width: 2, cin: 2, maps: 2, side: 3, colors: 1 } as const;
    const data = drawGatedConvolution({ ...sizes, bias: true, vector: true, map: true, seed: 1 });
    const namesOf = async (choice: 'fused' | 'composed') => {
      setKernels(choice);
      const { kernelNames } = await tf
        .engine()
        .profile(() => tf.tidy(() => void gatedOutputAndGradients(data)));
      return kernelNames.filter((name) => /Gated/.test(name)).sort();
    };
    for (const backend of fused) {
      await tf.setBackend(backend);
      expect(await namesOf('fused')).toEqual(['PixelrnnGatedConv2d', 'PixelrnnGatedConv2dBackward']);
      expect(await namesOf('composed')).toEqual([]);
    }
    await useCpu();
  });
});

describe('gatedConv2d refuses', () => {
  const zeros = (...shape: number[]) => tf.zeros(shape);
  const cases: [string, () => Record<string, tf.Tensor>, string][] = [
    ['integers', () => ({ x: tf.zeros([1, 2, 3, 4], 'int32') }), 'x must be float32, got int32 [1,2,3,4]'],
    ['an empty x', () => ({ x: zeros(0, 2, 3, 4) }), 'x must be a non-empty [B, H, W, Cin], got [0,2,3,4]'],
    [
      'an odd number of maps',
      () => ({ kernel: zeros(1, 1, 4, 5) }),
      'kernel must be a non-empty [kh, kw, 4, 2p], got [1,1,4,5]',
    ],
    ['another mask', () => ({ mask: zeros(1, 1, 4, 1) }), 'mask must be [1,1,4,6], got [1,1,4,1]'],
    ['another bias', () => ({ bias: zeros(3) }), 'bias must be [6], got [3]'],
    ['another vector', () => ({ vector: zeros(1, 3) }), 'vector must be [1,6], got [1,3]'],
    ['another map', () => ({ map: zeros(1, 2, 3, 3) }), 'map must be [1,2,3,6], got [1,2,3,3]'],
  ];
  test.each(cases)('%s', (_, changed, message) => {
    const inputs: unknown = {
      ...{ x: zeros(1, 2, 3, 4), kernel: zeros(1, 1, 4, 6), mask: zeros(1, 1, 4, 6) },
      ...changed(),
    };
    expect(() => gatedConv2d(inputs as GatedConv2dInputs, taps)).toThrow(`gatedConv2d: ${message}`);
  });

  test('taps outside the kernel', () => {
    const kernel = zeros(1, 1, 4, 6) as tf.Tensor4D;
    const inputs = { x: zeros(1, 2, 3, 4) as tf.Tensor4D, kernel, mask: kernel };
    expect(() => gatedConv2d(inputs, [{ row: 1, column: 0 }])).toThrow(/^gatedConv2d: tap/);
  });
});
