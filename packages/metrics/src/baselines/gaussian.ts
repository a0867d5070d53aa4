import * as tf from '@tensorflow/tfjs';
import { cholesky, inverseTransposed, timesTransposed } from './cholesky.js';
import type { IntensityMoments } from './intensityMoments.js';
import { readOnce } from './readOnce.js';

/** The variance of u ~ U[0, 1). */
const NOISE_VARIANCE = 1 / 12;
/** The mean of u. */
const NOISE_MEAN = 1 / 2;

/**
 * The multivariate Gaussian on uniformly dequantised pixels (PixelRNN, Table 5), fitted by maximum likelihood with its full
 * covariance.
 *
 * Pixels are (x + u) / 256 with u ~ U[0, 1). The density of x + u bounds the probability of the integers x from below
 * (Theis et al., 2016), so -log p(x + u) in nats per image compares with discrete models; for the density of
 * (x + u) / 256 that is -log p((x + u) / 256) + D ln 256, the same number.
 *
 * The noise is not sampled: it enters mean and covariance, of the fit and of what is evaluated, with its expectation, 1/2 and
 * I / 12. So the result has no seed, and the intensities' moments are all that is needed.
 */
export class DequantizedGaussian {
  readonly dimensions: number;
  /** Those of the mean and of the symmetric covariance. */
  readonly parameters: number;
  /** ln det of the covariance of x + u. */
  readonly logDeterminant: number;
  private readonly mean: Float64Array; // [D], of x
  private readonly whitening: Float64Array; // [D, D], L^-T
  /** [D, D], the inverse of the covariance of x + u. */
  readonly precision: Float64Array;

  /**
   * Fits the Gaussian: a Cholesky factor and an inverse, D^3 / 2 multiplications in double precision.
   *
   * @param moments of the training images
   * @throws Error without images
   */
  constructor(moments: IntensityMoments) {
    const { dimensions } = moments;
    const factor = moments.covariance();
    for (let i = 0; i < dimensions; i++) factor[i * dimensions + i]! += NOISE_VARIANCE;
    cholesky(factor, dimensions);
    let logDeterminant = 0;
    for (let i = 0; i < dimensions; i++) logDeterminant += 2 * Math.log(factor[i * dimensions + i]!);
    this.dimensions = dimensions;
    this.parameters = dimensions + (dimensions * (dimensions + 1)) / 2;
    this.logDeterminant = logDeterminant;
    this.mean = moments.mean();
    this.whitening = inverseTransposed(factor, dimensions);
    timesTransposed(this.whitening, dimensions, factor);
    this.precision = factor;
  }

  /**
   * The mean negative log-likelihood of images with these moments, in nats per image, in double precision:
   * (D ln 2 pi + ln det S + tr(S^-1 M)) / 2, with M the second moments of x + u about the fit's mean.
   */
  nats(moments: IntensityMoments): number {
    const { dimensions, precision } = this;
    if (moments.dimensions !== dimensions) {
      throw new Error(`DequantizedGaussian: expected ${dimensions} dimensions, got ${moments.dimensions}`);
    }
    const covariance = moments.covariance();
    const offset = moments.mean().map((value, i) => value - this.mean[i]!);
    let trace = 0;
    for (let i = 0; i < dimensions; i++) {
      let sum = NOISE_VARIANCE * precision[i * dimensions + i]!;
      for (let j = 0; j < dimensions; j++) {
        const at = i * dimensions + j;
        sum += precision[at]! * (covariance[at]! + offset[i]! * offset[j]!);
      }
      trace += sum;
    }
    return (dimensions * Math.log(2 * Math.PI) + this.logDeterminant + trace) / 2;
  }

  /**
   * Negative log-likelihoods of single images, each averaged over its noise, in nats. Their distances are computed in float32 by
   * TensorFlow.js: good for the spread over images, while {@link nats} gives the exact mean.
   *
   * @param intensities [N, D]
   * @returns [N]
   * @throws Error for a part of an image
   */
  async natsPerImage(intensities: Uint8Array): Promise<Float64Array> {
    const { dimensions, mean, precision } = this;
    const batch = 1000;
    if (intensities.length % dimensions !== 0) {
      throw new Error(
        `DequantizedGaussian: expected whole images of ${dimensions} values, got ${intensities.length} values`,
      );
    }
    let constant = dimensions * Math.log(2 * Math.PI) + this.logDeterminant;
    for (let i = 0; i < dimensions; i++) constant += NOISE_VARIANCE * precision[i * dimensions + i]!;
    const count = intensities.length / dimensions;
    const nats = new Float64Array(count);
    const whitening = tf.tensor2d(Float32Array.from(this.whitening), [dimensions, dimensions]);
    try {
      for (let first = 0; first < count; first += batch) {
        const last = Math.min(first + batch, count);
        const centred = new Float32Array((last - first) * dimensions);
        for (let i = 0; i < centred.length; i++) {
          centred[i] = intensities[first * dimensions + i]! - mean[i % dimensions]!;
        }
        const distances = tf.tidy(() =>
          tf.sum(tf.square(tf.matMul(tf.tensor2d(centred, [last - first, dimensions]), whitening)), 1),
        );
        for (const [i, distance] of (await readOnce(distances)).entries()) {
          nats[first + i] = (constant + distance) / 2;
        }
      }
    } finally {
      whitening.dispose();
    }
    return nats;
  }

  /** The fitted mean of x + u, [D]. */
  get meanOfPixels(): Float64Array {
    return this.mean.map((value) => value + NOISE_MEAN);
  }
}
