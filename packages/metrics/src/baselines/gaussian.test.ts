import { loadEngine } from '@pixelrnn/engine';
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { bitsPerDim } from '../likelihood.js';
import { DequantizedGaussian } from './gaussian.js';
import { gaussianBinNats } from './gaussianBins.js';
import { IntensityMoments } from './intensityMoments.js';
import { uniformNats } from './uniform.js';

beforeAll(() => loadEngine({ quiet: true }));

async function momentsOf(images: Uint8Array, dimensions: number): Promise<IntensityMoments> {
  const moments = new IntensityMoments(dimensions);
  await moments.add(images);
  return moments;
}

/** Repeats the images until there are `count`. */
const repeated = (images: number[][], count: number) =>
  Uint8Array.from(Array.from({ length: count }, (_, i) => images[i % images.length]!).flat());

describe('IntensityMoments', () => {
  it('equals the definition, however the images come', async () => {
    const image = (d: number) => fc.array(fc.nat(255), { minLength: d, maxLength: d });
    const images = fc
      .integer({ min: 1, max: 4 })
      .chain((d) => fc.array(image(d), { minLength: 1, maxLength: 20 }));
    await fc.assert(
      fc.asyncProperty(images, fc.nat(), async (list, cut) => {
        const d = list[0]!.length;
        const all = repeated(list, list.length);
        const moments = await momentsOf(all.subarray(0, (cut % (list.length + 1)) * d), d);
        await moments.add(all.subarray((cut % (list.length + 1)) * d));
        expect(moments.count).toBe(list.length);
        const mean = Array.from(
          { length: d },
          (_, i) => list.reduce((sum, x) => sum + x[i]!, 0) / list.length,
        );
        const covariance = moments.covariance();
        for (let i = 0; i < d; i++) {
          expect(moments.mean()[i]).toBeCloseTo(mean[i]!, 10);
          for (let j = 0; j < d; j++) {
            const expected =
              list.reduce((sum, x) => sum + (x[i]! - mean[i]!) * (x[j]! - mean[j]!), 0) / list.length;
            expect(covariance[i * d + j]).toBeCloseTo(expected, 8);
          }
        }
      }),
      { seed: 1, numRuns: 30 },
    );
  });

  it('is exact for the largest products, over several blocks and tiles', async () => {
    const [dimensions, count] = [770, 2500];
    const images = new Uint8Array(dimensions * count);
    for (let i = 0; i < count; i++) if (i % 5 === 0) images.fill(255, i * dimensions, (i + 1) * dimensions);
    images[0] = 1; // image 0, dimension 0
    const moments = await momentsOf(images, dimensions);
    const [ones, n] = [count / 5, count];
    const last = dimensions - 1;
    const covariance = moments.covariance();
    const sum = 255 * ones;
    expect(covariance[last * dimensions + last - 1]).toBeCloseTo((255 * 255 * ones - (sum * sum) / n) / n, 8);
    expect(covariance[last]).toBeCloseTo((255 * 255 * (ones - 1) + 255 - (sum * (sum - 254)) / n) / n, 8);
    expect(covariance[last]).toBe(covariance[last * dimensions]);
  });

  it('refuses half an image, and has no moments of nothing', async () => {
    await expect(momentsOf(new Uint8Array(5), 2)).rejects.toThrow(/whole images of 2 values, got 5/);
    expect(() => new IntensityMoments(2).mean()).toThrow(/got none/);
  });
});

describe('DequantizedGaussian', () => {
  it('is the closed form in one dimension', async () => {
    const gaussian = new DequantizedGaussian(await momentsOf(Uint8Array.of(0, 4), 1)); // mean 2, variance 4 + 1/12
    const variance = 4 + 1 / 12;
    const test = Uint8Array.of(5, 2, 2, 1);
    const squares = [9, 0, 0, 1].map((square) => square + 1 / 12);
    const nats = squares.map((square) => (Math.log(2 * Math.PI * variance) + square / variance) / 2);
    expect(gaussian.nats(await momentsOf(test, 1))).toBeCloseTo(nats.reduce((a, b) => a + b) / 4, 10);
    for (const [i, value] of (await gaussian.natsPerImage(test)).entries())
      expect(value).toBeCloseTo(nats[i]!, 5);
    expect([...gaussian.meanOfPixels]).toEqual([2.5]);
    expect(gaussian.parameters).toBe(2);
  });

  it('adds up over independent dimensions', async () => {
    const levels = [3, 90, 200];
    const product = levels.flatMap((a) => levels.flatMap((b) => levels.map((c) => [a, 255 - b, c / 2])));
    const joint = new DequantizedGaussian(await momentsOf(repeated(product, 27), 3));
    const test = [10, 20, 30, 40, 50, 60];
    let sum = 0;
    for (let d = 0; d < 3; d++) {
      const one = new DequantizedGaussian(
        await momentsOf(
          Uint8Array.from(product, (image) => image[d]!),
          1,
        ),
      );
      sum += one.nats(await momentsOf(Uint8Array.of(test[d]!, test[d + 3]!), 1));
    }
    expect(joint.nats(await momentsOf(Uint8Array.from(test), 3))).toBeCloseTo(sum, 9);
    expect(joint.parameters).toBe(3 + 6);
  });

  it('costs (D ln 2 pi e + ln det) / 2 on its own training images, and nothing is likelier there', async () => {
    const image = fc.array(fc.nat(255), { minLength: 3, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(fc.array(image, { minLength: 2, maxLength: 12 }), async (images) => {
        const moments = await momentsOf(repeated(images, images.length), 3);
        const fitted = new DequantizedGaussian(moments);
        const own = fitted.nats(moments);
        expect(own).toBeCloseTo((3 * Math.log(2 * Math.PI * Math.E) + fitted.logDeterminant) / 2, 8);
        const others = await momentsOf(repeated([...images, [0, 128, 255], [9, 9, 9]], images.length + 2), 3);
        expect(new DequantizedGaussian(others).nats(moments)).toBeGreaterThan(own - 1e-9);
      }),
      { seed: 2, numRuns: 40 },
    );
  });

  it('has single images whose mean is the exact mean', async () => {
    const images = Uint8Array.from({ length: 4 * 1500 }, (_, i) => (i * i * 31 + i * 7) % 251);
    const moments = await momentsOf(images, 4);
    const gaussian = new DequantizedGaussian(moments);
    const single = await gaussian.natsPerImage(images);
    expect(single).toHaveLength(1500);
    expect(single.reduce((a, b) => a + b) / 1500).toBeCloseTo(gaussian.nats(moments), 4);
  });

  it('equals sampling the noise, which it replaces by its expectation', async () => {
    const gaussian = new DequantizedGaussian(await momentsOf(Uint8Array.of(0, 4), 1));
    const variance = 4 + 1 / 12;
    const draws = 1000;
    let sum = 0;
    for (let i = 0; i < draws; i++) {
      const pixel = 3 + (i + 0.5) / draws; // x = 3, u on an even grid
      sum += (Math.log(2 * Math.PI * variance) + (pixel - 2.5) ** 2 / variance) / 2;
    }
    expect(gaussian.nats(await momentsOf(Uint8Array.of(3), 1))).toBeCloseTo(sum / draws, 6);
  });

  it('refuses images of another size', async () => {
    const gaussian = new DequantizedGaussian(await momentsOf(Uint8Array.of(0, 4), 1));
    const other = await momentsOf(Uint8Array.of(0, 4), 2);
    expect(() => gaussian.nats(other)).toThrow(/expected 1 dimensions, got 2/);
    const pairs = new DequantizedGaussian(other);
    const before = tf.memory().numTensors;
    await expect(pairs.natsPerImage(new Uint8Array(5))).rejects.toThrow(/whole images of 2 values, got 5/);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('an engine that fails', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  /** @returns the message of the error, and how many tensors it left behind */
  async function failure(call: () => Promise<unknown>) {
    const before = tf.memory().numTensors;
    const error = await call().catch((thrown: Error) => thrown);
    return [(error as Error).message, tf.memory().numTensors - before];
  }

  it('is named where its products are not exact, and leaves no tensor behind', async () => {
    vi.spyOn(tf.Tensor.prototype, 'data').mockResolvedValue(new Float32Array(4).fill(0.5));
    const [message, left] = await failure(() => momentsOf(Uint8Array.of(0, 4, 9, 1), 2));
    expect(message).toContain('expected an engine whose products of integers are exact in float32, got 0.5');
    expect(left).toBe(0);
  });

  it('leaves no tensor behind where its numbers cannot be read', async () => {
    const gaussian = new DequantizedGaussian(await momentsOf(Uint8Array.of(0, 4, 9, 1), 2));
    const images = Uint8Array.of(1, 2, 3, 4);
    vi.spyOn(tf.Tensor.prototype, 'data').mockRejectedValue(new Error('device lost'));
    expect(await failure(() => momentsOf(images, 2))).toEqual(['device lost', 0]);
    expect(await failure(() => gaussian.natsPerImage(images))).toEqual(['device lost', 0]);
    const bins = () => gaussianBinNats(gaussian, images, { draws: 2, uniform: () => 0.5 });
    expect(await failure(bins)).toEqual(['device lost', 0]);
  });
});

describe('uniformNats', () => {
  it('is 8 bits per dimension for 256 levels, exactly', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), (dimensions) => {
        expect(bitsPerDim(uniformNats(dimensions, 256), dimensions)).toBe(8);
        expect(bitsPerDim(uniformNats(dimensions, 2), dimensions)).toBe(1);
      }),
      { seed: 3 },
    );
  });
});
