import { loadEngine } from '@pixelrnn/engine';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { expectedPixels } from './expectedPixels.js';
import { binProbabilities } from './gaussianMixture.js';

beforeAll(() => loadEngine({ quiet: true }));

const values = (tensor: tf.Tensor) => [...tensor.dataSync()];

it('is 2p - 1 of Bernoulli distributions', () => {
  const logits = tf.tensor4d([Math.log(3), 0, -40], [1, 1, 3, 1]); // p 3/4, 1/2, 0
  const [first, second, third] = values(expectedPixels(logits, 2));
  expect(first).toBeCloseTo(0.5, 6);
  expect(second).toBe(0);
  expect(third).toBeCloseTo(-1, 6);
});

it('weights the scaled intensities of softmax distributions', () => {
  const logits = tf.log(tf.tensor([0.5, 0.25, 0.25], [1, 1, 1, 1, 3])); // of -1, 0 and 1
  expect(values(expectedPixels(logits, 3))[0]).toBeCloseTo(-0.25, 6);
});

it('weights the means of mixtures, as the bins do where nothing is cut off', () => {
  const mixture = tf.tensor(
    [
      [Math.log(0.25), -0.5, Math.log(0.05)],
      [Math.log(0.75), 0.3, Math.log(0.1)],
    ].flat(),
    [1, 1, 1, 1, 2, 3],
  );
  const [mean] = values(expectedPixels(mixture, 256)) as [number];
  expect(mean).toBeCloseTo(0.1, 6);
  const bins = values(binProbabilities(mixture, 256));
  const binned = bins.reduce((sum, probability, i) => sum + probability * ((2 * i) / 255 - 1), 0);
  expect(mean).toBeCloseTo(binned, 3);
});

it('has the gradient of its definition', () => {
  const logits = tf.tensor4d([0.4], [1, 1, 1, 1]);
  const [gradient] = values(tf.grad((x) => expectedPixels(x, 2))(logits));
  expect(gradient).toBeCloseTo(0.5 * (1 - Math.tanh(0.2) ** 2), 5);
});

it('refuses what is no output of a model', () => {
  expect(() => expectedPixels(tf.zeros([1, 2, 2, 1]), 256)).toThrow('got [1,2,2,1] and 256 levels');
  expect(() => expectedPixels(tf.zeros([1, 2, 2, 1, 4]), 256)).toThrow('[B, H, W, C, levels]');
});
