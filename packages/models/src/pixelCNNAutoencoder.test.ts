import { loadEngine } from '@pixelrnn/engine';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { gatedPixelCNN } from './gatedPixelCNN.js';
import { pixelCNNAutoencoder, viewsOf } from './pixelCNNAutoencoder.js';
import { everyLogLikelihood } from './testing/proofs.js';
import { saveAndLoad } from './testing/saveAndLoad.js';

beforeAll(() => loadEngine({ quiet: true }));

const tiny = {
  height: 7,
  width: 6,
  colors: 1,
  levels: 2,
  layers: 1,
  filters: 4,
  headWidth: 5,
  firstKernel: 3,
  codeSize: 3,
  encoderLayers: 2,
  encoderFilters: 2,
} as const;

const image = (
  seed: number,
  { height, width, colors } = tiny as { height: number; width: number; colors: number },
) => tf.randomUniform([2, height, width, colors], -1, 1, 'float32', seed);
const numbers = (tensor: unknown) => [...(tensor as tf.Tensor).dataSync()];

describe('pixelCNNAutoencoder', () => {
  it('is its encoder before its decoder', () => {
    const { autoencoder, encoder, decoder } = pixelCNNAutoencoder(tiny);
    const x = image(1);
    const code = encoder.predict(x) as tf.Tensor;
    expect(code.shape).toEqual([2, 3]);
    expect(numbers(autoencoder.predict(x))).toEqual(numbers(decoder.predict([x, code])));
    expect(autoencoder.countParams()).toBe(encoder.countParams() + decoder.countParams());
  });

  it('has the parameters of an encoder of 3x3 convolutions and a linear map', () => {
    const { encoder, decoder } = pixelCNNAutoencoder(tiny);
    const flat = 2 * 2 * 4; // 7 x 6 -> 4 x 3 -> 2 x 2 pixels of 4 maps
    expect(encoder.countParams()).toBe(9 * 2 + 2 + (9 * 2 * 4 + 4) + (flat * 3 + 3));
    const { codeSize, encoderLayers: _, encoderFilters: __, ...gated } = tiny;
    expect(decoder.countParams()).toBe(gatedPixelCNN({ ...gated, conditionSize: codeSize }).countParams());
  });

  it('has a gradient in every weight, so that both parts are trained end to end', () => {
    const { autoencoder } = pixelCNNAutoencoder(tiny);
    const { grads } = tf.variableGrads(() => tf.sum(autoencoder.apply(image(2)) as tf.Tensor) as tf.Scalar);
    expect(Object.keys(grads)).toHaveLength(autoencoder.trainableWeights.length);
    for (const gradient of Object.values(grads)) {
      expect(tf.max(tf.abs(gradient)).dataSync()[0]).toBeGreaterThan(0);
    }
  });

  it('is a distribution over images for every code', () => {
    const shape = { height: 2, width: 3, colors: 1, levels: 2 };
    const { decoder } = pixelCNNAutoencoder({ ...tiny, ...shape, encoderLayers: 1 });
    for (const value of [-3, 0.5]) {
      const nats = everyLogLikelihood(decoder, shape, (batch) => [tf.fill([batch, 3], value)]);
      expect(nats.reduce((sum, each) => sum + Math.exp(each), 0)).toBeCloseTo(1, 5);
    }
  });

  it('survives save and load, and gives its views back', async () => {
    const { autoencoder } = pixelCNNAutoencoder({ ...tiny, colors: 3, levels: 4, seed: 3 });
    const x = image(3, { ...tiny, colors: 3 });
    const expected = numbers(autoencoder.predict(x));
    const loaded = await saveAndLoad(autoencoder);
    expect(numbers(loaded.predict(x))).toEqual(expected);
    const { encoder, decoder } = viewsOf(loaded);
    expect(numbers(decoder.predict([x, encoder.predict(x) as tf.Tensor]))).toEqual(expected);
    const { encoderLayers: _, encoderFilters: __, codeSize: ___, ...gated } = tiny;
    expect(() => viewsOf(gatedPixelCNN(gated))).toThrow('expected a model of pixelCNNAutoencoder');
  });

  it('depends on its seed in both parts', () => {
    const weights = (seed: number) => pixelCNNAutoencoder({ ...tiny, seed });
    for (const part of ['encoder', 'decoder'] as const) {
      const of = (seed: number) => weights(seed)[part].getWeights().map(numbers);
      expect(of(1)).toEqual(of(1));
      expect(of(1)).not.toEqual(of(2));
    }
  });
});
