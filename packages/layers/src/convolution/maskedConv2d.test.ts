import { loadEngine } from '@pixelrnn/engine';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { convolutionMask } from '../mask/mask.js';
import { MaskedConv2D, type MaskedConv2DArgs, maskedConv2d } from './maskedConv2d.js';

beforeAll(() => loadEngine({ quiet: true }));

function withConstantWeights(layer: MaskedConv2D, input: tf.Tensor, kernel: number, bias: number): tf.Tensor {
  layer.apply(input);
  layer.setWeights(layer.getWeights().map((w) => tf.fill(w.shape, w.rank === 4 ? kernel : bias)));
  return layer.apply(input) as tf.Tensor;
}

describe('MaskedConv2D', () => {
  it('counts the live neighbours, plus the bias, on an image of ones', () => {
    const input = tf.ones([1, 3, 3, 1]);
    const a = maskedConv2d({ filters: 1, kernelSize: 3, maskType: 'A', colors: 1 });
    // Above: 3 inside, 2 at the edges, 0 in the first row; left: 1, 0 in the first column.
    expect([...withConstantWeights(a, input, 1, 0.5).dataSync()]).toEqual([
      0.5, 1.5, 1.5, 2.5, 4.5, 3.5, 2.5, 4.5, 3.5,
    ]);
    const b = maskedConv2d({ filters: 1, kernelSize: 3, maskType: 'B', colors: 1 });
    expect([...withConstantWeights(b, input, 1, 0).dataSync()]).toEqual([1, 2, 2, 3, 5, 4, 3, 5, 4]);
  });

  it('applies activations before and after, then adds the residual', () => {
    const input = tf.tensor4d([-2, 3], [1, 1, 2, 1]);
    const residual = tf.tensor4d([10, 20], [1, 1, 2, 1]);
    const layer = maskedConv2d({
      filters: 1,
      kernelSize: 1,
      maskType: 'B',
      colors: 1,
      inputActivation: 'relu',
    });
    withConstantWeights(layer, input, 2, -1);
    expect([...(layer.apply([input, residual]) as tf.Tensor).dataSync()]).toEqual([9, 25]); // -1 + 10, 6 - 1 + 20
    const relu = maskedConv2d({ filters: 1, kernelSize: 1, maskType: 'B', colors: 1, activation: 'relu' });
    expect([...withConstantWeights(relu, input, 2, -1).dataSync()]).toEqual([0, 5]);
  });

  it('starts from seeded weights whose fans count live weights only', () => {
    const make = (seed: number) => {
      const layer = maskedConv2d({
        filters: 64,
        kernelSize: 3,
        maskType: 'B',
        colors: 1,
        seed,
        name: `seeded${seed}`,
      });
      layer.build([null, 5, 5, 32]);
      return (layer.getWeights()[0] as tf.Tensor).dataSync();
    };
    const weights = make(1);
    expect(make(1)).toEqual(weights);
    expect(make(2)).not.toEqual(weights);
    const limit = Math.sqrt(6 / (5 * 32 + 5 * 64)); // five live taps
    const largest = Math.max(...weights.map(Math.abs));
    expect(largest).toBeLessThanOrEqual(limit);
    expect(largest).toBeGreaterThan(0.99 * limit);
  });

  it('no update reaches a masked weight', () => {
    const layer = maskedConv2d({ filters: 3, kernelSize: 3, maskType: 'A', colors: 3 });
    const input = tf.randomNormal([2, 4, 4, 3], 0, 1, 'float32', 1) as tf.Tensor4D;
    layer.apply(input);
    const kernel = layer.trainableWeights[0]?.read() as tf.Variable;
    const { grads } = tf.variableGrads(
      () => tf.sum(tf.square(layer.apply(input) as tf.Tensor)) as tf.Scalar,
      [kernel],
    );
    const mask = convolutionMask({
      kernelHeight: 3,
      kernelWidth: 3,
      cin: 3,
      cout: 3,
      colors: 3,
      maskType: 'A',
    });
    const gradient = grads[kernel.name]?.dataSync() as Float32Array;
    for (const [i, live] of mask.entries()) expect(gradient[i] !== 0).toBe(live === 1);
  });

  it('is rebuilt by its configuration', () => {
    const layer = maskedConv2d({
      filters: 6,
      kernelSize: [1, 5],
      maskType: 'A',
      colors: 3,
      outputGroups: 'contiguous',
      activation: 'relu',
      inputActivation: 'relu',
      useBias: false,
      seed: 3,
      name: 'again',
    });
    const config = layer.getConfig();
    const copy = new MaskedConv2D(config as unknown as MaskedConv2DArgs);
    expect(copy.getConfig()).toEqual(config);
    expect(config.maskType).toBe('a'); // TensorFlow.js lower-cases strings on save
    layer.build([null, 2, 2, 3]);
    expect(layer.countParams()).toBe(1 * 5 * 3 * 6);
  });

  it('frees its mask with its weights', () => {
    const before = tf.memory().numTensors;
    const layer = maskedConv2d({ filters: 2, kernelSize: 3, maskType: 'B', colors: 1 });
    tf.tidy(() => void layer.apply(tf.zeros([1, 4, 4, 1])));
    expect(tf.memory().numTensors).toBe(before + 3);
    layer.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('says what is wrong with its input or its mask', () => {
    const layer = maskedConv2d({ filters: 2, kernelSize: 3, maskType: 'A', colors: 1 });
    expect(() => layer.build([null, 4, 4])).toThrow(
      'input must be [B, H, W, channels] with known channels, got [,4,4]',
    );
    const blind = maskedConv2d({ filters: 2, kernelSize: 1, maskType: 'A', colors: 1 });
    expect(() => blind.build([null, 4, 4, 1])).toThrow('a 1 x 1 kernel with mask A has no live weight');
    expect(() => maskedConv2d({ filters: 2, kernelSize: 3, maskType: 'C' as 'A', colors: 1 })).toThrow(
      "MaskedConv2D: maskType: must be 'A' or 'B', got \"C\"",
    );
  });
});
