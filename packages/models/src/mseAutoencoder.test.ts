import { loadEngine } from '@pixelrnn/engine';
import { expectedPixels } from '@pixelrnn/metrics';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { mseAutoencoder } from './mseAutoencoder.js';
import { pixelCNNAutoencoder, viewsOf } from './pixelCNNAutoencoder.js';
import { saveAndLoad } from './testing/saveAndLoad.js';

beforeAll(() => loadEngine({ quiet: true }));

const tiny = {
  height: 7,
  width: 6,
  colors: 1,
  levels: 2,
  codeSize: 3,
  encoderLayers: 2,
  encoderFilters: 2,
} as const;

const numbers = (tensor: unknown) => [...(tensor as tf.Tensor).dataSync()];
const image = (seed: number, colors = 1) => tf.randomUniform([2, 7, 6, colors], -1, 1, 'float32', seed);

describe('mseAutoencoder', () => {
  it('has the encoder of the PixelCNN auto-encoder, weights and all', () => {
    const gated = { layers: 0, filters: 2, headWidth: 2, firstKernel: 3 };
    const { encoder } = pixelCNNAutoencoder({ ...tiny, ...gated, seed: 5 });
    const own = mseAutoencoder({ ...tiny, seed: 5 }).encoder;
    expect(own.getWeights().map(numbers)).toEqual(encoder.getWeights().map(numbers));
  });

  it('has the parameters of that encoder in reverse, of odd sizes too', () => {
    const { autoencoder, encoder, decoder } = mseAutoencoder(tiny);
    const flat = 2 * 2 * 4; // 7 x 6 -> 4 x 3 -> 2 x 2 pixels of 4 maps, and back
    expect(decoder.countParams()).toBe(3 * flat + flat + (9 * 4 * 2 + 2) + (9 * 2 * 1 + 1));
    expect(autoencoder.countParams()).toBe(encoder.countParams() + decoder.countParams());
    expect(autoencoder.outputShape).toEqual([null, 7, 6, 1]);
  });

  it('gives Gaussians of one deviation for more levels, whose means the deviation does not change', () => {
    const output = (deviation: number) => {
      const { autoencoder } = mseAutoencoder({ ...tiny, colors: 3, levels: 256, deviation });
      return autoencoder.predict(image(1, 3)) as tf.Tensor;
    };
    expect(output(0.2).shape).toEqual([2, 7, 6, 3, 1, 3]);
    expect(numbers(expectedPixels(output(0.2), 256))).toEqual(numbers(expectedPixels(output(0.1), 256)));
    expect(numbers(output(0.2))).not.toEqual(numbers(output(0.1)));
  });

  it('gives one image for a code: no pixel of it depends on another', () => {
    const { autoencoder, encoder, decoder } = mseAutoencoder(tiny);
    const x = image(2);
    expect(numbers(autoencoder.predict(x))).toEqual(
      numbers(decoder.predict(encoder.predict(x) as tf.Tensor)),
    );
    expect(decoder.inputs).toHaveLength(1);
  });

  it.each([2, 256])('has a gradient of the squared error in every weight, with %d levels', (levels) => {
    const { autoencoder } = mseAutoencoder({ ...tiny, levels });
    const x = image(3);
    const { grads } = tf.variableGrads(() => {
      const mean = expectedPixels(autoencoder.apply(x) as tf.Tensor, levels);
      return tf.sum(tf.square(tf.sub(mean, x))) as tf.Scalar;
    });
    expect(Object.keys(grads)).toHaveLength(autoencoder.trainableWeights.length);
    for (const gradient of Object.values(grads)) {
      expect(tf.max(tf.abs(gradient)).dataSync()[0]).toBeGreaterThan(0);
    }
  });

  it('survives save and load, and gives its views back', async () => {
    const { autoencoder } = mseAutoencoder({ ...tiny, levels: 4, seed: 3 });
    const x = image(4);
    const expected = numbers(autoencoder.predict(x));
    const loaded = await saveAndLoad(autoencoder);
    expect(numbers(loaded.predict(x))).toEqual(expected);
    const { encoder, decoder } = viewsOf(loaded);
    expect(numbers(decoder.predict(encoder.predict(x) as tf.Tensor))).toEqual(expected);
  });

  it('depends on its seed, and refuses wrong options', () => {
    const decoder = (seed: number) =>
      mseAutoencoder({ ...tiny, seed })
        .decoder.getWeights()
        .map(numbers);
    expect(decoder(1)).toEqual(decoder(1));
    expect(decoder(1)).not.toEqual(decoder(2));
    expect(() => mseAutoencoder({ ...tiny, deviation: 0 })).toThrow('deviation');
  });
});
