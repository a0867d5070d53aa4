import { ImageDataset } from '@pixelrnn/data';
import { loadEngine } from '@pixelrnn/engine';
import { compress, generate, likelihood } from '@pixelrnn/generation';
import { checkPlan } from '@pixelrnn/kernels/plan';
import { type DescribedLayer, maskedConv2d, type PlanBuilder } from '@pixelrnn/layers';
import { planOf } from '@pixelrnn/models';
import { evaluate, train } from '@pixelrnn/training';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it, vi } from 'vitest';

beforeAll(() => loadEngine({ quiet: true }));

const images = new ImageDataset({
  ...{ name: 'stripes', kind: 'own', levels: 2, height: 4, width: 4, channels: 1 },
  images: Uint8Array.from({ length: 16 * 16 }, (_, i) => (i >> (i % 5)) & 1),
});

/** Two masked convolutions with a layer between them. */
function modelAround(layer: tf.layers.Layer): tf.LayersModel {
  const pixels = tf.input({ shape: [4, 4, 1] });
  const maps = maskedConv2d({ filters: 3, kernelSize: 3, maskType: 'A', colors: 1, seed: 1 }).apply(pixels);
  const last = maskedConv2d({ filters: 1, kernelSize: 3, maskType: 'B', colors: 1, seed: 2 });
  return tf.model({ inputs: pixels, outputs: last.apply(layer.apply(maps)) as tf.SymbolicTensor });
}

const meanNats = (nats: ArrayLike<number>) =>
  Array.from(nats).reduce((sum, each) => sum + each, 0) / nats.length;

describe('what CONTRIBUTING says of a layer without describe', () => {
  it('trains, measures and draws, and refuses to compress', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const model = modelAround(tf.layers.elu());
    expect(() => planOf(model)).toThrow('describe');
    const training = { steps: 2, learningRate: 1e-3, batchSize: 4, validateEvery: 2, logEvery: 1, seed: 0 };
    const { steps } = await train(model, training, { train: images, valid: images });
    expect(steps).toBe(2);
    const { nats } = await evaluate(model, images);
    expect(meanNats((await likelihood(model, images.images)).nats)).toBeCloseTo(nats, 4);
    expect(await generate(model, { count: 2, seed: 0 })).toHaveLength(32);
    expect(warn).toHaveBeenCalledOnce();
    await expect(compress(model, images.images)).rejects.toThrow('describe');
    warn.mockRestore();
  });
});

const slope = 0.2;

/** Leaky ReLU of one colour: (1 - slope) relu(x) + slope x. */
class LeakyReLU extends tf.layers.Layer implements DescribedLayer {
  static className = 'DescribedLeakyReLU';

  override computeOutputShape(shape: tf.Shape) {
    return shape;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]) {
    return tf.leakyRelu(Array.isArray(inputs) ? inputs[0]! : inputs, slope);
  }

  describe(plan: PlanBuilder, [map]: number[]) {
    const channels = 3;
    const times = (factor: number) => () =>
      Float32Array.from({ length: channels ** 2 }, (_, i) => (i % (channels + 1) === 0 ? factor : 0));
    const term = { map: map!, taps: [{ row: 0, column: 0, colors: 'upTo' as const }] };
    const terms = [
      { ...term, inputActivation: 'relu' as const, weights: times(1 - slope) },
      { ...term, weights: times(slope) },
    ];
    return [plan.sum({ channels, terms })];
  }
}

it('Leaky ReLU is described by two terms, as CONTRIBUTING says', async () => {
  const model = modelAround(new LeakyReLU({}));
  checkPlan(planOf(model));
  const { nats } = await evaluate(model, images);
  expect(meanNats((await likelihood(model, images.images)).nats)).toBeCloseTo(nats, 4);
  expect(nats).not.toBeCloseTo((await evaluate(modelAround(tf.layers.reLU()), images)).nats, 3);
});
