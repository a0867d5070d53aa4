import type { ImageDataset } from '@pixelrnn/data';
import { DequantizedGaussian, IntensityMoments, uniformNats } from '@pixelrnn/metrics';
import type { ClosedForm } from './runner/closedForm.js';

const dimensionsOf = ({ height, width, channels }: ImageDataset) => height * width * channels;

/** The uniform distribution over all images. */
export const uniformRow: ClosedForm = {
  async compute({ test }) {
    const nats = uniformNats(dimensionsOf(test), test.levels);
    return { test: nats, valid: nats, train: nats, testStandardError: 0, parameters: 0, images: 0 };
  },
};

/**
 * A full-covariance Gaussian on uniformly dequantised pixels. `test` and `train` are of the fit to all published training
 * images, `train` and `valid` splits together; `valid` is of a fit to the `train` split alone.
 */
export const gaussianRow: ClosedForm = {
  async compute({ train, valid, test }, log) {
    const dimensions = dimensionsOf(test);
    const [fitted, validMoments, testMoments] = [
      new IntensityMoments(dimensions),
      new IntensityMoments(dimensions),
      new IntensityMoments(dimensions),
    ];
    log(`covariance of ${train.count + valid.count} training images`);
    for (const [dataset, moments] of [
      [train, fitted],
      [valid, validMoments],
      [test, testMoments],
    ] as const) {
      for (const { intensities } of dataset.sequentialBatches(1024)) await moments.add(intensities);
    }
    log(`fitting ${dimensions} x ${dimensions} on ${fitted.count} images, for the validation split`);
    const validNats = new DequantizedGaussian(fitted).nats(validMoments);
    for (const { intensities } of valid.sequentialBatches(1024)) await fitted.add(intensities);
    log(`fitting ${dimensions} x ${dimensions} on ${fitted.count} images`);
    const gaussian = new DequantizedGaussian(fitted);
    return {
      test: gaussian.nats(testMoments),
      valid: validNats,
      train: gaussian.nats(fitted),
      testStandardError: await standardError(gaussian, test),
      parameters: gaussian.parameters,
      images: fitted.count,
    };
  },
};

async function standardError(gaussian: DequantizedGaussian, test: ImageDataset): Promise<number> {
  let [sum, squares] = [0, 0];
  for (const { intensities } of test.sequentialBatches(1000)) {
    for (const nats of await gaussian.natsPerImage(intensities)) {
      sum += nats;
      squares += nats * nats;
    }
  }
  const mean = sum / test.count;
  return Math.sqrt(Math.max(0, squares / test.count - mean * mean) / Math.max(1, test.count - 1));
}
