import type { ImageDataset } from '@pixelrnn/data';
import {
  bitsPerDim,
  DequantizedGaussian,
  gaussianBinNats,
  IntensityMoments,
  logLikelihood,
  mixtureLogDensity,
} from '@pixelrnn/metrics';
import { forward, scaleIntensities } from '@pixelrnn/models';
import { Random } from '@pixelrnn/random';
import * as tf from '@tensorflow/tfjs';
import { z } from 'zod';
import { type BothWays, mean, meanAndError, writeBounds } from './bounds.js';
import type { ClosedForm } from './runner/closedForm.js';
import { part } from './runner/measureRow.js';
import { trainedMeasure } from './runner/trainedMeasure.js';

/** The noise that pixels are dequantised with. */
const seed = 0;

const dimensionsOf = ({ height, width, channels }: ImageDataset) => height * width * channels;

/** Images and draws of noise for the Gaussian's integrals over bins. */
const binImages = 1_000;
const binDraws = 64;

/**
 * The Gaussian of Table 5, fitted to dequantised pixels of all training images, as a discrete model: the integrals of its density over the
 * bins, estimated (`gaussianBinNats`) for evenly spaced images.
 */
export const gaussianBinsRow: ClosedForm = {
  async compute({ train, valid, test }, log, folder) {
    const dimensions = dimensionsOf(test);
    const moments = new IntensityMoments(dimensions);
    const add = async (dataset: ImageDataset) => {
      for (const { intensities } of dataset.sequentialBatches(1024)) await moments.add(intensities);
    };
    const estimate = async (dataset: ImageDataset) => {
      const gaussian = new DequantizedGaussian(moments);
      const images = dataset.subset(Math.min(binImages, dataset.count));
      log(`integrals over the bins of ${images.count} images`);
      const random = new Random(seed, ['dequantisation']);
      const options = { draws: binDraws, uniform: () => random.uniform() };
      return { gaussian, found: await gaussianBinNats(gaussian, images.images, options) };
    };
    log(`fitting ${dimensions} x ${dimensions} on ${train.count} images, for the validation split`);
    await add(train);
    const { found: onValid } = await estimate(valid);
    await add(valid);
    log(`fitting ${dimensions} x ${dimensions} on ${moments.count} images`);
    const { gaussian, found } = await estimate(test);
    const tilted = meanAndError(found.tilted);
    await writeBounds(folder, { discrete: found.estimate, dequantised: found.dequantised }, dimensions, {
      tilted: {
        mean: bitsPerDim(tilted.mean, dimensions),
        standardError: bitsPerDim(tilted.standardError, dimensions),
      },
      draws: binDraws,
    });
    const { mean: nats, standardError } = meanAndError(found.estimate);
    return {
      test: nats,
      testStandardError: standardError,
      valid: mean(onValid.estimate),
      train: null,
      testImages: found.estimate.length,
      validImages: onValid.estimate.length,
      parameters: gaussian.parameters,
      images: moments.count,
    };
  },
};

const settings = z.strictObject({
  /** Draws of the noise for each image, over which the dequantised likelihood is a mean. */
  draws: z.int().positive(),
});

const few = { data: 'cifar10', testImages: 8, validImages: 8, draws: 2 };
const many = { ...few, testImages: 1_000, validImages: 500, draws: 4 };

/** A trained model evaluated both ways; `told` is the way whose number stands in the table. */
export const densityMeasure = (weights: string, told: keyof BothWays) =>
  trainedMeasure<typeof settings.shape>({
    weights,
    settings,
    presets: { smoke: few, cpu: many, paper: { ...many, testImages: null, validImages: null } },
    async measure(model, data, { settings, weights, folder, log, signal }) {
      const { testImages, validImages, draws } = settings;
      log('likelihood of intensities and of dequantised pixels');
      const test = await bothWays(model, part(data.test, testImages), draws, signal);
      const valid = await bothWays(model, part(data.valid, validImages), draws, signal);
      await writeBounds(folder, test, dimensionsOf(data.test), { draws, weights });
      const [ofTest, ofValid] = [meanAndError(test[told]), meanAndError(valid[told])];
      return {
        test: ofTest.mean,
        testStandardError: ofTest.standardError,
        valid: ofValid.mean,
        validStandardError: ofValid.standardError,
      };
    },
  });

/**
 * The likelihood of each image, and the mean over draws of the density's at its pixels with noise. The density is the
 * model's mixture of Gaussians where it is one; a softmax's probabilities are constant in each bin.
 */
export async function bothWays(
  model: tf.LayersModel,
  images: ImageDataset,
  draws: number,
  signal?: AbortSignal,
): Promise<BothWays> {
  const { levels, count } = images;
  const [discrete, dequantised] = [new Float64Array(count), new Float64Array(count)];
  const random = new Random(seed, ['dequantisation']);
  let first = 0;
  for (const { intensities, shape } of images.sequentialBatches(10)) {
    signal?.throwIfAborted();
    const noise = Array.from({ length: draws }, () =>
      // In steps of 2^-16: x + u is exact in float32.
      Float32Array.from(intensities, (x) => x + Math.floor(random.uniform() * 2 ** 16) / 2 ** 16),
    );
    const logs = tf.tidy(() => {
      const output = forward(model, scaleIntensities(intensities, shape, levels));
      const integers = tf.tensor(intensities, shape, 'int32');
      const density = (pixels: Float32Array) => {
        const y = tf.tensor(pixels, shape);
        return output.rank === 6
          ? tf.sum(tf.reshape(mixtureLogDensity(output, y, levels), [shape[0], -1]), 1)
          : logLikelihood(output, tf.cast(tf.floor(y), 'int32'), levels);
      };
      return tf.stack([logLikelihood(output, integers, levels), ...noise.map(density)]); // [1 + draws, B]
    });
    const values = await logs.data();
    logs.dispose();
    const [batch] = shape;
    for (let image = 0; image < batch; image++) {
      discrete[first + image] = -values[image]!;
      for (let draw = 1; draw <= draws; draw++)
        dequantised[first + image]! -= values[draw * batch + image]! / draws;
    }
    first += batch;
  }
  return { discrete, dequantised };
}
