import { Random } from '@pixelrnn/random';
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { on, relativeDifference } from '../testing/backends.js';
import { chainOutputAndGradients, chains, drawChain } from '../testing/convolutionChains.js';
import { convolutions, drawConvolution, outputAndGradients, type Sizes } from '../testing/convolutions.js';
import { loadFusedBackends } from '../testing/fusedBackends.js';
import { bernoulliCrossEntropy, softmaxCrossEntropy } from './crossEntropy.js';
import { maskedConv2d } from './maskedConv2d.js';
import { adamUpdate, rmsPropUpdate } from './optimizers.js';

let backends: string[];
beforeAll(async () => {
  backends = await loadFusedBackends();
});

/** Fused on every backend that has it, against composed on the CPU backend. */
function expectFusedEqualsComposed(compute: () => tf.Tensor[]): void {
  const expected = on('cpu', 'composed', compute);
  for (const backend of backends) {
    const actual = on(backend, 'fused', compute);
    expect(actual.length).toBe(expected.length);
    actual.forEach((values, i) => {
      expect(relativeDifference(values, expected[i]!), `${backend}, result ${i}`).toBeLessThan(1e-5);
    });
  }
}

describe('fused equals composed', () => {
  const cases: [string, Sizes, number][] = [
    ['small convolutions', { batch: 3, side: 9, channels: 12, kernelSide: 7 }, 100],
    ['wide convolutions', { batch: 2, side: 6, channels: 70, kernelSide: 3 }, 40],
    ['long images', { batch: 1, side: 40, channels: 4, kernelSide: 3 }, 20],
  ];
  test.each(cases)('%s: output and every gradient', (_, sizes, numRuns) => {
    fc.assert(
      fc.property(convolutions(sizes), (one) => {
        const data = drawConvolution(one);
        expectFusedEqualsComposed(() => outputAndGradients(one, data, maskedConv2d));
      }),
      { seed: 2, numRuns },
    );
  });

  test('chains of convolutions: output and every gradient', () => {
    fc.assert(
      fc.property(chains, (one) => {
        const data = drawChain(one);
        expectFusedEqualsComposed(() => chainOutputAndGradients(data));
      }),
      { seed: 6, numRuns: 60 },
    );
  });

  test('softmax cross-entropy and its gradient', () => {
    const shape = fc.tuple(...[4, 5, 3, 300].map((max) => fc.integer({ min: 1, max })));
    fc.assert(
      fc.property(shape, fc.nat(1e6), ([batch, side, colors, levels], seed) => {
        const random = new Random(seed);
        const labelShape = [batch!, side!, colors!];
        const count = batch! * side! * colors!;
        const logits = Float32Array.from({ length: count * levels! }, () => 4 * random.normal());
        const labels = Int32Array.from({ length: count }, () => random.integer(levels!));
        const dnats = Float32Array.from({ length: batch! }, () => random.normal());
        expectFusedEqualsComposed(() => {
          const x = tf.tensor(logits, [...labelShape, levels!]);
          const y = tf.tensor(labels, labelShape, 'int32');
          const gradient = tf.grad((x) => softmaxCrossEntropy(x, y))(x, tf.tensor1d(dnats));
          return [softmaxCrossEntropy(x, y), gradient];
        });
      }),
      { seed: 3, numRuns: 40 },
    );
  });

  test('Bernoulli cross-entropy and its gradient', () => {
    const shape = fc.tuple(...[5, 30, 9].map((max) => fc.integer({ min: 1, max })));
    fc.assert(
      fc.property(shape, fc.nat(1e6), (shape, seed) => {
        const random = new Random(seed);
        const count = shape.reduce((product, side) => product * side, 1);
        const logits = Float32Array.from({ length: count }, () => 6 * random.normal());
        const labels = Int32Array.from({ length: count }, () => random.integer(2));
        const dnats = Float32Array.from({ length: shape[0]! }, () => random.normal());
        expectFusedEqualsComposed(() => {
          const x = tf.tensor(logits, shape);
          const y = tf.tensor(labels, shape, 'int32');
          const gradient = tf.grad((x) => bernoulliCrossEntropy(x, y))(x, tf.tensor1d(dnats));
          return [bernoulliCrossEntropy(x, y), gradient];
        });
      }),
      { seed: 4, numRuns: 40 },
    );
  });

  test('RMSProp and Adam, three steps over parameters of many sizes', () => {
    const sizes = [[1], [7], [3, 5], [1, 2, 33], [40_000]];
    const random = new Random(5);
    const lists = Array.from({ length: 4 }, () =>
      sizes.map((shape) =>
        Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => random.normal()),
      ),
    );
    const tensors = (list: number) => sizes.map((shape, i) => tf.tensor(lists[list]![i]!, shape));
    expectFusedEqualsComposed(() => {
      let state = { parameters: tensors(0), squares: tf.tidy(() => tensors(1).map((t) => tf.square(t))) };
      for (const rate of [1e-3, 1e-2, 1e-3]) {
        state = rmsPropUpdate({ ...state, gradients: tensors(2) }, { rate, decay: 0.99, epsilon: 1e-8 });
      }
      return [...state.parameters, ...state.squares];
    });
    expectFusedEqualsComposed(() => {
      let state = {
        parameters: tensors(0),
        means: tensors(3),
        squares: tensors(1).map((t) => tf.square(t)) as tf.Tensor[],
      };
      for (const step of [1, 2, 1000]) {
        const hyperparameters = { rate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, step };
        state = adamUpdate({ ...state, gradients: tensors(2) }, hyperparameters);
      }
      return [...state.parameters, ...state.means, ...state.squares];
    });
  });
});
