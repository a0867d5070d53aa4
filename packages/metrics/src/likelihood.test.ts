import { loadEngine } from '@pixelrnn/engine';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { bitsPerDim, logLikelihood } from './likelihood.js';

beforeAll(() => loadEngine({ quiet: true }));

describe('logLikelihood', () => {
  it('sums Bernoulli log-probabilities over the image, not the mean', () => {
    const logits = tf.tensor4d([0, Math.log(3), 0, Math.log(3)], [2, 1, 2, 1]); // p(1) = 1/2, 3/4
    const images = tf.tensor4d([1, 1, 0, 0], [2, 1, 2, 1], 'int32');
    const [both, none] = logLikelihood(logits, images, 2).dataSync();
    expect(both).toBeCloseTo(Math.log(3 / 8), 6);
    expect(none).toBeCloseTo(Math.log(1 / 8), 6);
  });

  it('picks the softmax probability of the true intensity of each colour', () => {
    const logits = tf.tensor([Math.log(1), Math.log(2), Math.log(5), 0, 0, 0], [1, 1, 1, 2, 3]);
    const images = tf.tensor4d([2, 0], [1, 1, 1, 2], 'int32');
    expect(logLikelihood(logits, images, 3).dataSync()[0]).toBeCloseTo(Math.log(5 / 8) + Math.log(1 / 3), 6);
  });

  it('is 8 bits per dimension for a uniform distribution of 256 levels', () => {
    const logits = tf.zeros([2, 4, 4, 3, 256]);
    const images = tf.randomUniform([2, 4, 4, 3], 0, 256, 'int32', 1) as tf.Tensor4D;
    for (const nats of logLikelihood(logits, images, 256).dataSync())
      expect(bitsPerDim(-nats, 48)).toBeCloseTo(8, 5);
  });

  it('refuses shapes that do not fit, naming all of them', () => {
    const images = tf.zeros([2, 3, 3, 1], 'int32');
    const refused = (shape: number[], levels: number) => () => logLikelihood(tf.zeros(shape), images, levels);
    expect(refused([2, 9], 2)).toThrow('got [2,3,3,1], [2,9] and 2 levels');
    expect(refused([2, 3, 3, 2, 4], 4)).toThrow('got [2,3,3,1], [2,3,3,2,4] and 4 levels');
    expect(refused([2, 3, 3, 1], 4)).toThrow('got [2,3,3,1], [2,3,3,1] and 4 levels');
    expect(refused([2, 3, 3, 1, 8], 4)).toThrow('[2,3,3,1,8] and 4 levels');
    expect(refused([2, 3, 3, 1, 5, 2], 4)).toThrow('[2,3,3,1,5,2] and 4 levels');
  });
});

it('80 nats on MNIST are 115.4 bits in all, 0.147 bits per dimension', () => {
  expect(bitsPerDim(80, 1)).toBeCloseTo(115.416, 3);
  expect(bitsPerDim(80, 784)).toBeCloseTo(0.14721, 5);
});

it('bits per dimension need the dimensions', () => {
  const missing = bitsPerDim as (nats: number, dimensions?: number) => number;
  expect(() => missing(5)).toThrow(
    'bitsPerDim: expected dimensions, H x W x C, a positive integer, got undefined',
  );
  expect(() => missing(5, 0)).toThrow('got 0');
});
