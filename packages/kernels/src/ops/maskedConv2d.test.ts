import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { useCpu } from '../testing/backends.js';
import { type MaskedConv2dAttributes, type MaskedConv2dInputs, maskedConv2d } from './maskedConv2d.js';
import { liveTaps } from './taps.js';

await useCpu();

const taps = [
  { row: 0, column: 1 },
  { row: 1, column: 0 },
];
const mask = tf.tensor4d([0, 1, 0, 1, 0, 0, 0, 0, 0], [3, 3, 1, 1]);
const kernel = tf.tensor4d([9, 10, 9, 1, 9, 9, 9, 9, 9], [3, 3, 1, 1]);
const x = tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1]);

describe('maskedConv2d', () => {
  test('numbers to check by hand: ten times the pixel above plus the pixel to the left', () => {
    const y = maskedConv2d({ x, kernel, mask }, { taps });
    expect(y.shape).toEqual([1, 2, 2, 1]);
    expect(Array.from(y.dataSync())).toEqual([0, 1, 10, 20 + 3]);
  });

  test('bias, residual and both activations', () => {
    const negative = tf.neg(x) as tf.Tensor4D;
    const bias = tf.tensor1d([-11]);
    const shifted = maskedConv2d({ x, kernel, mask, bias }, { taps, activation: 'relu' });
    expect(Array.from(shifted.dataSync())).toEqual([0, 0, 0, 12]);
    const dead = maskedConv2d({ x: negative, kernel, mask, bias }, { taps, inputActivation: 'relu' });
    expect(Array.from(dead.dataSync())).toEqual([-11, -11, -11, -11]);
    const added = maskedConv2d({ x, kernel, mask, bias, residual: x }, { taps });
    expect(Array.from(added.dataSync())).toEqual([-10, -8, 2, 16]);
  });

  test('gradients to check by hand', () => {
    const bias = tf.tensor1d([0]);
    const dy = tf.tensor4d([1, 10, 100, 1000], [1, 2, 2, 1]);
    const [dx, dkernel, dbias, dresidual] = tf.grads((x, kernel, bias, residual) =>
      maskedConv2d(
        {
          x: x as tf.Tensor4D,
          kernel: kernel as tf.Tensor4D,
          mask,
          bias: bias as tf.Tensor1D,
          residual: residual as tf.Tensor4D,
        },
        { taps },
      ),
    )([x, kernel, bias, tf.ones(x.shape)], dy) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
    // Pixel (0, 0) is left of (0, 1) and above (1, 0), and so on.
    expect(Array.from(dx.dataSync())).toEqual([10 + 10 * 100, 10 * 1000, 1000, 0]);
    expect(Array.from(dkernel.dataSync())).toEqual([0, 100 + 2 * 1000, 0, 10 + 3 * 1000, 0, 0, 0, 0, 0]);
    expect(Array.from(dbias.dataSync())).toEqual([1111]);
    expect(Array.from(dresidual.dataSync())).toEqual([1, 10, 100, 1000]);
  });

  test('a gradient that is asked for alone leaves no tensor behind', () => {
    const before = tf.memory().numTensors;
    const variables = { x, kernel, bias: tf.tensor1d([1]), residual: x };
    for (const name of ['x', 'kernel', 'bias', 'residual'] as const) {
      const gradient = tf.grad((one) => maskedConv2d({ ...variables, mask, [name]: one }, { taps }))(
        variables[name],
      );
      expect(gradient.shape).toEqual(variables[name].shape);
      gradient.dispose();
    }
    variables.bias.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  test('a residual that is also the input gets both gradients', () => {
    const dx = tf.grad((x) =>
      maskedConv2d({ x: x as tf.Tensor4D, kernel, mask, residual: x as tf.Tensor4D }, { taps }),
    )(x);
    expect(Array.from(dx.dataSync())).toEqual([1 + 11, 1 + 10, 1 + 1, 1]);
  });
});

describe('maskedConv2d refuses', () => {
  const given: MaskedConv2dInputs = { x, kernel, mask };
  const refusals: [string, Partial<MaskedConv2dInputs>, Partial<MaskedConv2dAttributes>, string][] = [
    [
      'an input of another rank',
      { x: tf.zeros([2, 2, 1]) as unknown as tf.Tensor4D },
      {},
      'x must be a non-empty [B, H, W, Cin], got [2,2,1]',
    ],
    [
      'an empty input',
      { x: tf.zeros([0, 2, 2, 1]) as tf.Tensor4D },
      {},
      'x must be a non-empty [B, H, W, Cin], got [0,2,2,1]',
    ],
    [
      'a kernel of another rank',
      { kernel: tf.zeros([3, 3, 1]) as unknown as tf.Tensor4D },
      {},
      'kernel must be a non-empty [kh, kw, Cin, Cout], got [3,3,1]',
    ],
    [
      'other channels',
      { x: tf.zeros([1, 2, 2, 5]) as tf.Tensor4D },
      {},
      'x [1,2,2,5] has 5 channels, kernel [3,3,1,1] reads 1',
    ],
    [
      'a mask of another shape',
      { mask: tf.zeros([3, 1, 1, 1]) as tf.Tensor4D },
      {},
      "mask [3,1,1,1] must have the kernel's shape [3,3,1,1]",
    ],
    ['a bias of another size', { bias: tf.zeros([2]) as tf.Tensor1D }, {}, 'bias must be [1], got [2]'],
    [
      'a residual of another shape',
      { residual: tf.zeros([1, 2, 2, 2]) as tf.Tensor4D },
      {},
      'residual must be [1,2,2,1], got [1,2,2,2]',
    ],
    ['integers', { x: tf.cast(x, 'int32') }, {}, 'x must be float32, got int32 [1,2,2,1]'],
    [
      'a residual after a ReLU',
      { residual: x },
      { activation: 'relu' },
      "activation 'relu' cannot be combined with a residual",
    ],
    [
      'an unknown activation',
      {},
      { activation: 'tanh' as 'relu' },
      `activation must be 'linear' or 'relu', got "tanh"`,
    ],
    ['no taps', {}, { taps: [] }, 'at least one live tap is needed'],
    ['a tap outside', {}, { taps: [{ row: 3, column: 0 }] }, 'tap (3, 0) lies outside the 3 x 3 kernel'],
    ['half a tap', {}, { taps: [{ row: 0.5, column: 0 }] }, 'tap (0.5, 0) lies outside the 3 x 3 kernel'],
    ['a tap twice', {}, { taps: [...taps, ...taps] }, 'tap (0, 1) is given twice'],
  ];
  test.each(refusals)('%s', (_, inputs, attributes, message) => {
    expect(() => maskedConv2d({ ...given, ...inputs }, { taps, ...attributes })).toThrow(
      `maskedConv2d: ${message}`,
    );
  });
});

describe('liveTaps', () => {
  test('lists the positions with any live weight, in reading order', () => {
    expect(liveTaps(mask.dataSync(), [3, 3, 1, 1])).toEqual(taps);
    // Two positions of 2 x 2 weights; only the last weight of the second is live.
    expect(liveTaps([0, 0, 0, 0, 0, 0, 0, 1], [1, 2, 2, 2])).toEqual([{ row: 0, column: 1 }]);
    expect(liveTaps([0, 0], [1, 2, 1, 1])).toEqual([]);
  });
});
