import { loadEngine } from '@pixelrnn/engine';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { binProbabilities, binProbability } from './gaussianMixture.js';
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
