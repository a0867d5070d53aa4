import { loadEngine } from '@pixelrnn/engine';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { binProbabilities, binProbability, mixtureLogDensity } from './gaussianMixture.js';
import { logLikelihood } from './likelihood.js';

beforeAll(() => loadEngine({ quiet: true }));

const mixture = (parts: [weight: number, mean: number, deviation: number][]) =>
  tf.tensor2d(parts.map(([weight, mean, deviation]) => [Math.log(weight), mean, Math.log(deviation)]));

describe('binProbabilities', () => {
  it('integrates a Gaussian over the bins, the outermost to infinity', () => {
    // Four levels at -1, -1/3, 1/3, 1: edges at -2/3, 0, 2/3. The deviation is 2/3: Phi(1) = 0.841344746.
    const found = binProbabilities(mixture([[1, 0, 2 / 3]]), 4).dataSync();
    const outer = 1 - 0.841344746;
    for (const [i, value] of [outer, 0.5 - outer, 0.5 - outer, outer].entries()) {
      expect(found[i]).toBeCloseTo(value, 5);
    }
  });

  it('mixes components by their weights', () => {
    const found = binProbabilities(
      mixture([
        [0.25, -1, 0.01],
        [0.75, 1, 0.01],
      ]),
      256,
    ).dataSync();
    expect(found[0]).toBeGreaterThan(0.15);
    expect(found[255]).toBeCloseTo(3 * (found[0] as number), 4);
    expect(found[128]).toBeCloseTo(2 ** -24, 9); // the uniform share
  });

  it('sums to 1 for narrow, broad and distant components', () => {
    for (const parts of [
      [[1, 0.3, 1e-4]],
      [[1, 0, 30]],
      [
        [0.5, -9, 0.1],
        [0.5, 0.01, 0.02],
      ],
    ] as [number, number, number][][]) {
      expect(tf.sum(binProbabilities(mixture(parts), 256)).dataSync()[0]).toBeCloseTo(1, 5);
    }
  });

  it('agrees with the probability of a single intensity', () => {
    const parts = mixture([
      [0.3, -0.2, 0.1],
      [0.7, 0.5, 0.4],
    ]);
    const all = binProbabilities(parts, 8).dataSync();
    for (let level = 0; level < 8; level++) {
      expect(binProbability(parts, tf.scalar(level, 'int32'), 8).dataSync()[0]).toBeCloseTo(
        all[level] as number,
        6,
      );
    }
  });
});

it('logLikelihood of mixtures sums logarithms over the image', () => {
  const parts = mixture([[1, 0, 2 / 3]]);
  const output = tf.tile(tf.reshape(parts, [1, 1, 1, 1, 1, 3]), [2, 1, 1, 2, 1, 1]);
  const images = tf.tensor4d([0, 1, 2, 3], [2, 1, 1, 2], 'int32');
  const outer = 1 - 0.841344746;
  for (const nats of logLikelihood(output, images, 4).dataSync()) {
    expect(nats).toBeCloseTo(Math.log(outer) + Math.log(0.5 - outer), 4);
  }
});

describe('mixtureLogDensity', () => {
  const parts = mixture([
    [0.3, -0.2, 0.1],
    [0.7, 0.5, 0.4],
  ]);

  it('integrates to the probability of each inner bin, and to less in the outermost ones', () => {
    const [levels, steps] = [8, 400];
    const pixels = Float32Array.from({ length: levels * steps }, (_, i) => (i + 0.5) / steps);
    const densities = Array.from(tf.exp(mixtureLogDensity(parts, tf.tensor1d(pixels), levels)).dataSync());
    const bins = binProbabilities(parts, levels).dataSync();
    for (let level = 0; level < levels; level++) {
      const integral = densities.slice(level * steps, (level + 1) * steps).reduce((a, b) => a + b) / steps;
      if (level > 0 && level < levels - 1) expect(integral).toBeCloseTo(bins[level]!, 5);
      else expect(integral).toBeLessThan(bins[level]! + 1e-6);
    }
  });

  it('has the Gaussian density of a single component', () => {
    // Bins of 2/3: y = 2 is the scaled value (2 - 0.5) x 2/3 - 1 = 0, the mean.
    const [value] = mixtureLogDensity(mixture([[1, 0, 0.5]]), tf.tensor1d([2]), 4).dataSync();
    expect(value).toBeCloseTo(Math.log(2 / 3 / (0.5 * Math.sqrt(2 * Math.PI))), 3);
  });

  it('is of one number a pixel, whatever the rank', () => {
    const many = tf.tile(tf.reshape(parts, [1, 1, 1, 2, 3]), [2, 3, 1, 1, 1]);
    expect(mixtureLogDensity(many, tf.fill([2, 3, 1], 3.2), 8).shape).toEqual([2, 3, 1]);
  });
});
