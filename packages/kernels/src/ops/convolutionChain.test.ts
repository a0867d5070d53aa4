import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { on, relativeDifference, useCpu } from '../testing/backends.js';
import { chainOutputAndGradients, chains, drawChain } from '../testing/convolutionChains.js';
import { type ChainedConvolution, convolutionChain } from './convolutionChain.js';
import { maskedConv2d } from './maskedConv2d.js';

await useCpu();

function scalar(
  kernel: number,
  bias: number,
  rest: Partial<ChainedConvolution> = { inputActivation: 'relu' },
): ChainedConvolution {
  return {
    kernel: tf.tensor4d([kernel], [1, 1, 1, 1]),
    mask: tf.ones([1, 1, 1, 1]) as tf.Tensor4D,
    bias: tf.tensor1d([bias]),
    taps: [{ row: 0, column: 0 }],
    ...rest,
  };
}

/** The residual block of PixelRNN, Figure 5, on one channel. */
function block(): ChainedConvolution[] {
  return [scalar(3, 1), scalar(-1, 10), scalar(5, -4, { inputActivation: 'relu', residualFrom: 0 })];
}

describe('convolutionChain', () => {
  test('numbers to check by hand', () => {
    const x = tf.tensor4d([2, -3], [1, 1, 2, 1]);
    const y = convolutionChain(x, block());
    // 2 + 5 relu(10 - relu(3 * 2 + 1)) - 4; -3 + 5 relu(10 - relu(1)) - 4
    expect(Array.from(y.dataSync())).toEqual([2 + 15 - 4, -3 + 45 - 4]);
    const dx = tf.grad((x) => convolutionChain(x as tf.Tensor4D, block()))(x, tf.tensor4d([1, 100], x.shape));
    expect(Array.from(dx.dataSync())).toEqual([1 - 15, 100]);
    const linear = [scalar(2, 1, {}), scalar(10, 0, {})];
    expect(Array.from(convolutionChain(x, linear).dataSync())).toEqual([50, -50]);
  });

  test('is as many masked convolutions, in value and in every gradient', () => {
    const composition = (x: tf.Tensor4D, convolutions: readonly ChainedConvolution[]) => {
      const maps = [x];
      for (const { taps, inputActivation = 'linear', residualFrom, ...tensors } of convolutions) {
        const inputs = {
          x: maps[maps.length - 1] as tf.Tensor4D,
          ...tensors,
          residual: maps[residualFrom ?? -1],
        };
        maps.push(maskedConv2d(inputs, { taps, inputActivation }));
      }
      return maps[maps.length - 1] as tf.Tensor4D;
    };
    fc.assert(
      fc.property(chains, (one) => {
        const data = drawChain(one);
        const expected = on('cpu', 'composed', () => chainOutputAndGradients(data, composition));
        on('cpu', 'composed', () => chainOutputAndGradients(data)).forEach((actual, i) => {
          expect(relativeDifference(actual, expected[i]!)).toBeLessThan(1e-5);
        });
      }),
      { seed: 7, numRuns: 12 },
    );
  });

  test('leaves no tensor behind', () => {
    const x = tf.ones([1, 2, 2, 1]) as tf.Tensor4D;
    const three = block();
    const before = tf.memory().numTensors;
    convolutionChain(x, three).dispose();
    tf.grad((x) => convolutionChain(x as tf.Tensor4D, three))(x).dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('convolutionChain refuses', () => {
  const one = scalar(1, 0);
  const x = tf.zeros([1, 2, 2, 1]) as tf.Tensor4D;
  const wide = (cin: number, cout: number): ChainedConvolution => ({
    kernel: tf.zeros([1, 1, cin, cout]),
    mask: tf.zeros([1, 1, cin, cout]),
    bias: tf.zeros([cout]),
    taps: one.taps,
  });
  const cases: [string, tf.Tensor, ChainedConvolution[], string][] = [
    ['another rank', tf.zeros([2, 2, 1]), [one], 'x must be a non-empty [B, H, W, C], got [2,2,1]'],
    ['an empty chain', x, [], 'expected 1 to 512 convolutions, got 0'],
    ['integers', tf.cast(x, 'int32'), [one], 'x must be float32, got int32 [1,2,2,1]'],
    [
      'channels that do not follow',
      x,
      [wide(1, 2), one],
      'kernel 1 must be a non-empty [kh, kw, 2, Cout], got [1,1,1,1]',
    ],
    [
      'a residual of other channels',
      x,
      [wide(1, 2), { ...wide(2, 3), residualFrom: 0 }],
      'the input of convolution 0, 1 channels, cannot be added to the 3 channels of convolution 1',
    ],
    [
      'a residual from later on',
      x,
      [{ ...one, residualFrom: 1 }, one],
      'residualFrom 0 must be a convolution from 0 to 0, got 1',
    ],
    [
      'a residual twice',
      x,
      [
        { ...one, residualFrom: 0 },
        { ...one, residualFrom: 0 },
      ],
      'the input of convolution 0 is added twice',
    ],
    [
      'an unknown activation',
      x,
      [{ ...one, inputActivation: 'tanh' as never }],
      `inputActivation 0 must be 'linear' or 'relu', got "tanh"`,
    ],
    [
      'another mask',
      x,
      [one, { ...one, mask: tf.zeros([1, 1, 1, 2]) }],
      'mask 1 must be [1,1,1,1], got [1,1,1,2]',
    ],
    ['another bias', x, [{ ...one, bias: tf.zeros([3]) }], 'bias 0 must be [1], got [3]'],
    ['no taps', x, [{ ...one, taps: [] }], 'at least one live tap is needed'],
  ];
  test.each(cases)('%s', (_, x, convolutions, message) => {
    expect(() => convolutionChain(x as tf.Tensor4D, convolutions)).toThrow(`convolutionChain: ${message}`);
  });
});
