import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { maskedConv2d } from './maskedConv2d.js';
import { type BlockConvolution, residualBlock } from './residualBlock.js';
import { on, relativeDifference, useCpu } from './testing/backends.js';
import { blockOutputAndGradients, blocks, drawBlock } from './testing/residualBlocks.js';

await useCpu();

type Three = [BlockConvolution, BlockConvolution, BlockConvolution];

function scalar(kernel: number, bias: number): BlockConvolution {
  return {
    kernel: tf.tensor4d([kernel], [1, 1, 1, 1]),
    mask: tf.ones([1, 1, 1, 1]) as tf.Tensor4D,
    bias: tf.tensor1d([bias]),
    taps: [{ row: 0, column: 0 }],
  };
}

describe('residualBlock', () => {
  test('numbers to check by hand', () => {
    const x = tf.tensor4d([2, -3], [1, 1, 2, 1]);
    const y = residualBlock(x, [scalar(3, 1), scalar(-1, 10), scalar(5, -4)]);
    // 2 + 5 relu(10 - relu(3 * 2 + 1)) - 4; -3 + 5 relu(10 - relu(1)) - 4
    expect(Array.from(y.dataSync())).toEqual([2 + 15 - 4, -3 + 45 - 4]);
    const dx = tf.grad((x) => residualBlock(x as tf.Tensor4D, [scalar(3, 1), scalar(-1, 10), scalar(5, -4)]))(
      x,
      tf.tensor4d([1, 100], x.shape),
    );
    expect(Array.from(dx.dataSync())).toEqual([1 - 15, 100]);
  });

  test('is three masked convolutions, in value and in every gradient', () => {
    const composition = (x: tf.Tensor4D, convolutions: Three) =>
      convolutions.reduce(
        (map, { taps, ...tensors }, i) =>
          maskedConv2d(
            { x: map, ...tensors, residual: i === 2 ? x : undefined },
            { taps, inputActivation: 'relu' },
          ),
        x,
      );
    fc.assert(
      fc.property(blocks, (one) => {
        const data = drawBlock(one);
        const expected = on('cpu', 'composed', () => blockOutputAndGradients(data, composition));
        on('cpu', 'composed', () => blockOutputAndGradients(data)).forEach((actual, i) => {
          expect(relativeDifference(actual, expected[i]!)).toBeLessThan(1e-5);
        });
      }),
      { seed: 7, numRuns: 15 },
    );
  });

  test('leaves no tensor behind', () => {
    const x = tf.ones([1, 2, 2, 1]) as tf.Tensor4D;
    const three: Three = [scalar(1, 1), scalar(1, 1), scalar(1, 1)];
    const before = tf.memory().numTensors;
    residualBlock(x, three).dispose();
    tf.grad((x) => residualBlock(x as tf.Tensor4D, three))(x).dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('residualBlock refuses', () => {
  const one = scalar(1, 0);
  const x = tf.zeros([1, 2, 2, 1]) as tf.Tensor4D;
  const wide = (cin: number, cout: number): BlockConvolution => ({
    kernel: tf.zeros([1, 1, cin, cout]),
    mask: tf.zeros([1, 1, cin, cout]),
    bias: tf.zeros([cout]),
    taps: one.taps,
  });
  const cases: [string, tf.Tensor, BlockConvolution[], string][] = [
    ['another rank', tf.zeros([2, 2, 1]), [one, one, one], 'x must be a non-empty [B, H, W, C], got [2,2,1]'],
    ['two convolutions', x, [one, one], 'expected three convolutions, got 2'],
    ['integers', tf.cast(x, 'int32'), [one, one, one], 'x must be float32, got int32 [1,2,2,1]'],
    [
      'channels that do not follow',
      x,
      [wide(1, 2), one, one],
      'kernel 2 must be a non-empty [kh, kw, 2, Cout], got [1,1,1,1]',
    ],
    [
      'another number of channels at the end',
      x,
      [one, one, wide(1, 2)],
      'kernel 3 must give the 1 channels of x [1,2,2,1], not 2',
    ],
    [
      'another mask',
      x,
      [one, { ...one, mask: tf.zeros([1, 1, 1, 2]) }, one],
      'mask 2 must be [1,1,1,1], got [1,1,1,2]',
    ],
    ['another bias', x, [one, one, { ...one, bias: tf.zeros([3]) }], 'bias 3 must be [1], got [3]'],
    ['no taps', x, [{ ...one, taps: [] }, one, one], 'at least one live tap is needed'],
  ];
  test.each(cases)('%s', (_, x, convolutions, message) => {
    expect(() => residualBlock(x as tf.Tensor4D, convolutions as Three)).toThrow(`residualBlock: ${message}`);
  });
});
