import { loadEngine } from '@pixelrnn/engine';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { TransposedConv2D, type TransposedConv2DArgs, transposedConv2d } from './transposedConv2d.js';
import { insertZeros, takeEvery } from './zeroStuffing.js';

beforeAll(() => loadEngine({ quiet: true }));

describe('TransposedConv2D', () => {
  it('spreads each pixel over its kernel, overlaps added', () => {
    const layer = transposedConv2d({ filters: 1, stride: 2, kernelSize: 3 });
    const x = tf.tensor4d([1, 10], [1, 1, 2, 1]);
    layer.apply(x);
    layer.setWeights([tf.ones([3, 3, 1, 1]), tf.tensor1d([0.5])]);
    // Pixels at (0, 0) and (0, 2) of the 2 x 4 output, each a 3 x 3 patch of ones.
    expect((layer.apply(x) as tf.Tensor).arraySync()).toEqual([
      [
        [[1.5], [11.5], [10.5], [10.5]],
        [[1.5], [11.5], [10.5], [10.5]],
      ],
    ]);
  });

  it('has the values of the library transposed convolution where no border is in play', () => {
    const layer = transposedConv2d({ filters: 3, stride: 2, kernelSize: 5, seed: 4 });
    const x = tf.randomNormal([2, 5, 6, 2], 0, 1, 'float32', 1) as tf.Tensor4D;
    const ours = layer.apply(x) as tf.Tensor4D;
    expect(ours.shape).toEqual([2, 10, 12, 3]);
    // The library's kernel is [kh, kw, cout, cin], mirrored; its 'same' output begins at offset (k - stride) / 2 = 1.
    const kernel = tf.transpose(tf.reverse(layer.getWeights()[0] as tf.Tensor4D, [0, 1]), [0, 1, 3, 2]);
    const full = tf.conv2dTranspose(x, kernel as tf.Tensor4D, [2, 13, 15, 3], 2, 'valid');
    const theirs = tf.slice(full, [0, 2, 2, 0], [2, 10, 12, 3]);
    expect(tf.max(tf.abs(tf.sub(ours, theirs))).dataSync()[0]).toBeLessThan(1e-5);
  });

  it('has the gradients of finite differences', () => {
    const layer = transposedConv2d({ filters: 2, stride: 2, seed: 1 });
    const x = tf.randomNormal([1, 3, 2, 2], 0, 1, 'float32', 2);
    const direction = tf.randomNormal([1, 3, 2, 2], 0, 1, 'float32', 3);
    const loss = (x: tf.Tensor) => tf.sum(tf.square(layer.apply(x) as tf.Tensor)) as tf.Scalar;
    const analytic = tf.sum(tf.mul(tf.grad(loss)(x), direction)).dataSync()[0] as number;
    const at = (step: number) => loss(tf.add(x, tf.mul(direction, step))).dataSync()[0] as number;
    const numeric = (at(0.01) - at(-0.01)) / 0.02; // the loss is quadratic: exact but for rounding
    expect(Math.abs(analytic - numeric)).toBeLessThan(1e-3 * Math.max(1, Math.abs(numeric)));
  });

  it('is rebuilt by its configuration, and refuses what cannot be', () => {
    const layer = transposedConv2d({ filters: 2, stride: 4, activation: 'relu', seed: 3, name: 'up' });
    const copy = new TransposedConv2D(layer.getConfig() as unknown as TransposedConv2DArgs);
    expect(copy.getConfig()).toEqual(layer.getConfig());
    expect(layer.computeOutputShape([null, 3, null, 5])).toEqual([null, 12, null, 2]);
    expect(() => transposedConv2d({ filters: 1, stride: 2, kernelSize: 4 })).toThrow(
      'TransposedConv2D: kernelSize: must be odd, got 4',
    );
    expect(() => transposedConv2d({ filters: 1, stride: 4, kernelSize: 3 })).toThrow(
      'TransposedConv2D: kernelSize must be at least the stride, got 3 and 4',
    );
  });
});

it('insertZeros and takeEvery undo each other', () => {
  const x = tf.randomNormal([2, 3, 2, 3], 0, 1, 'float32', 1) as tf.Tensor4D;
  for (const stride of [1, 2, 3]) {
    const wide = insertZeros(x, stride);
    expect(wide.shape).toEqual([2, 3 * stride, 2 * stride, 3]);
    expect(takeEvery(wide, stride).dataSync()).toEqual(x.dataSync());
    expect(tf.sum(tf.abs(wide)).dataSync()[0]).toBeCloseTo(tf.sum(tf.abs(x)).dataSync()[0] as number, 4);
  }
});
