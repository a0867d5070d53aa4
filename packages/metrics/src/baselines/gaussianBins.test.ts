import { loadEngine } from '@pixelrnn/engine';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { DequantizedGaussian } from './gaussian.js';
import { gaussianBinNats } from './gaussianBins.js';
import { IntensityMoments } from './intensityMoments.js';

beforeAll(() => loadEngine({ quiet: true }));

async function fitted(images: number[], dimensions: number): Promise<DequantizedGaussian> {
  const moments = new IntensityMoments(dimensions);
  await moments.add(Uint8Array.from(images));
  return new DequantizedGaussian(moments);
}

/** A plain generator, seeded. */
function uniformNumbers(): () => number {
  let state = 12345;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** -log of the integral of a density over a square bin, on a fine grid; `log` of it at [y0, y1]. */
function onGrid(x: [number, number], log: (y: [number, number]) => number, side = 200): number {
  let sum = 0;
  for (let i = 0; i < side; i++) {
    for (let j = 0; j < side; j++) sum += Math.exp(log([x[0] + (i + 0.5) / side, x[1] + (j + 0.5) / side]));
  }
  return -Math.log(sum / side ** 2);
}

describe('gaussianBinNats', () => {
  it('finds the integral of a narrow Gaussian in one dimension, which uniform noise misses', async () => {
    const gaussian = await fitted([7, 7, 8, 8], 1); // mean 8, variance 1/4 + 1/12
    const variance = 1 / 4 + 1 / 12;
    const images = [4, 6, 7, 8, 11];
    const found = await gaussianBinNats(gaussian, Uint8Array.from(images), {
      draws: 4000,
      uniform: uniformNumbers(),
    });
    for (const [i, x] of images.entries()) {
      let sum = 0;
      for (let k = 0; k < 10_000; k++) sum += Math.exp(-((x + (k + 0.5) / 1e4 - 8) ** 2) / (2 * variance));
      const exact = -Math.log(sum / 1e4 / Math.sqrt(2 * Math.PI * variance));
      expect(found.estimate[i]).toBeCloseTo(exact, 1);
      const square = (x + 0.5 - 8) ** 2 + 1 / 12;
      expect(found.dequantised[i]).toBeCloseTo((Math.log(2 * Math.PI * variance) + square / variance) / 2, 5);
      expect(found.tilted[i]).toBeLessThanOrEqual(found.dequantised[i]! + 1e-6);
      expect(found.tilted[i]).toBeGreaterThanOrEqual(exact - 1e-5);
    }
    // Far away the density falls by e^10 within the bin: the noise costs nats.
    expect(found.dequantised[4]! - found.tilted[4]!).toBeGreaterThan(2.5);
  });

  it('orders its bounds, and estimates the integral, where the dimensions depend on each other', async () => {
    const images = [3, 4, 5, 6, 4, 4, 6, 7, 5, 5, 3, 3];
    const gaussian = await fitted(images, 2);
    const P = gaussian.precision;
    const [m0, m1] = gaussian.meanOfPixels as unknown as [number, number];
    const log = ([y0, y1]: [number, number]) => {
      const [a, b] = [y0 - m0, y1 - m1];
      const square = P[0]! * a * a + 2 * P[1]! * a * b + P[3]! * b * b;
      return -(2 * Math.log(2 * Math.PI) + gaussian.logDeterminant + square) / 2;
    };
    const test: [number, number][] = [
      [3, 3],
      [5, 5],
      [6, 3],
      [9, 9],
    ];
    const found = await gaussianBinNats(gaussian, Uint8Array.from(test.flat()), {
      draws: 4000,
      uniform: uniformNumbers(),
    });
    for (const [i, x] of test.entries()) {
      const exact = onGrid(x, log);
      expect(found.estimate[i]).toBeCloseTo(exact, 1);
      expect(found.tilted[i]).toBeGreaterThanOrEqual(exact - 1e-3);
      expect(found.dequantised[i]).toBeGreaterThanOrEqual(found.tilted[i]! - 1e-5);
    }
  });

  it('agrees with the Gaussian about uniform noise, over batches, and leaves no tensors', async () => {
    const images = Array.from({ length: 600 * 3 }, (_, i) => (i * i * 31 + i * 7) % 251);
    const gaussian = await fitted(images, 3);
    const before = tf.memory().numTensors;
    const { dequantised } = await gaussianBinNats(gaussian, Uint8Array.from(images), {
      draws: 1,
      uniform: uniformNumbers(),
    });
    expect(tf.memory().numTensors).toBe(before);
    const expected = await gaussian.natsPerImage(Uint8Array.from(images));
    for (const [i, nats] of dequantised.entries()) expect(nats).toBeCloseTo(expected[i]!, 4);
  });
});
