import * as tf from '@tensorflow/tfjs';
import type { DequantizedGaussian } from './gaussian.js';
import { readOnce } from './readOnce.js';

export interface BinNatsOptions {
  /** Draws of the noise for each image, of which the estimate is made. */
  draws: number;
  /** Numbers uniform in [0, 1). */
  uniform: () => number;
}

/** Nats of each image, [N]. Every one is a lower bound of the one before it, but for the chance of `estimate`. */
export interface BinNats {
  /** -E log p(x + u), u uniform in [0, 1): how a continuous density is compared with discrete models. */
  dequantised: Float64Array;
  /** The same bound with the best u of independent, exponentially tilted dimensions in place of uniform u. */
  tilted: Float64Array;
  /** -log of the integral of the density over the bin [x, x + 1), the probability of the integers x: by importance sampling. */
  estimate: Float64Array;
}

/** Images at a time. */
const batch = 250;
/** Steps of the fixed point of the tilts; the bound holds after any number. */
const steps = 10;

/**
 * How much the uniform noise costs a Gaussian: a density's integral over the bin of an image is a probability, and by
 * Jensen's inequality -log of it is at most -E log p(x + u) (Theis et al., 2016).
 *
 * A D-dimensional integral has no closed form. Its bound for noise with any density q is E log p(x + u) - E log q(u); here q is
 * a product of exp(t_i u_i), whose tilts t take in the density's slope within the bin. With draws of that noise as
 * importance samples, the mean of p / q has the integral as its expectation; minus the log of it is too large on the average, so that
 * what is told as the cost of uniform noise is rather too little.
 *
 * @param intensities [N, D]
 */
export async function gaussianBinNats(
  gaussian: DequantizedGaussian,
  intensities: Uint8Array,
  options: BinNatsOptions,
): Promise<BinNats> {
  const { dimensions: D } = gaussian;
  const count = intensities.length / D;
  const nats: BinNats = {
    dequantised: new Float64Array(count),
    tilted: new Float64Array(count),
    estimate: new Float64Array(count),
  };
  const precision = tf.tensor2d(Float32Array.from(gaussian.precision), [D, D]);
  try {
    for (let first = 0; first < count; first += batch) {
      const images = intensities.subarray(first * D, Math.min(first + batch, count) * D);
      const found = await batchNats(gaussian, precision, images, options);
      for (const name of ['dequantised', 'tilted', 'estimate'] as const) nats[name].set(found[name], first);
    }
  } finally {
    precision.dispose();
  }
  return nats;
}

async function batchNats(
  gaussian: DequantizedGaussian,
  precision: tf.Tensor2D,
  intensities: Uint8Array,
  { draws, uniform }: BinNatsOptions,
): Promise<BinNats> {
  const { dimensions: D, logDeterminant, meanOfPixels: mean } = gaussian;
  const n = intensities.length / D;
  const times = (values: Float64Array): Promise<Float32Array> =>
    readOnce(tf.tidy(() => tf.matMul(tf.tensor2d(Float32Array.from(values), [n, D]), precision)));
  const diagonal = Float64Array.from({ length: D }, (_, i) => gaussian.precision[i * D + i]!);
  const trace = diagonal.reduce((sum, value) => sum + value, 0);
  // The centre of each bin, about the mean; noise d = u - 1/2.
  const centre = Float64Array.from(intensities, (value, i) => value + 0.5 - mean[i % D]!);
  const slope = await times(centre);
  const atCentre = sums(n, D, (i) => centre[i]! * slope[i]!).map(
    (square) => -(D * Math.log(2 * Math.PI) + logDeterminant + square) / 2,
  );
  const tilts = Float64Array.from(slope, (value) => -value);
  for (let step = 0; step < steps; step++) {
    const pull = await times(tilts.map(tiltedMean));
    for (let i = 0; i < tilts.length; i++) tilts[i] = (tilts[i]! - slope[i]! - pull[i]!) / 2;
  }
  const means = tilts.map(tiltedMean);
  const curved = await times(means);
  const bound = sums(n, D, (i) => {
    const [t, m] = [tilts[i]!, means[i]!];
    const quadratic = (m * curved[i]! + diagonal[i % D]! * tiltedVariance(t)) / 2;
    return logNormaliser(t) - t * m - slope[i]! * m - quadratic;
  });
  const logs = Array.from({ length: n }, () => [] as number[]);
  for (let draw = 0; draw < draws; draw++) {
    const noise = tilts.map((t) => tiltedDraw(t, uniform()));
    const bent = await times(noise);
    const weights = sums(n, D, (i) => {
      const [t, d] = [tilts[i]!, noise[i]!];
      return logNormaliser(t) - (t + slope[i]! + bent[i]! / 2) * d;
    });
    for (const [image, weight] of weights.entries()) logs[image]!.push(weight);
  }
  return {
    dequantised: atCentre.map((log) => trace / 24 - log),
    tilted: atCentre.map((log, image) => -(log + bound[image]!)),
    estimate: atCentre.map((log, image) => -(log + logMeanExp(logs[image]!))),
  };
}

/** Sums over the dimensions of each image. */
function sums(n: number, D: number, term: (i: number) => number): Float64Array {
  return Float64Array.from({ length: n }, (_, image) => {
    let sum = 0;
    for (let i = image * D; i < (image + 1) * D; i++) sum += term(i);
    return sum;
  });
}

// Below it, series stand in for the density proportional to exp(t d) on [-1/2, 1/2].
const small = 1e-2;

/** ln of the integral of exp(t d). */
function logNormaliser(t: number): number {
  const a = Math.abs(t);
  if (a < small) return (t * t) / 24 - t ** 4 / 2880;
  return a / 2 + Math.log(-Math.expm1(-a) / a);
}

function tiltedMean(t: number): number {
  if (Math.abs(t) < small) return t / 12 - t ** 3 / 720;
  return 0.5 / Math.tanh(t / 2) - 1 / t;
}

function tiltedVariance(t: number): number {
  const a = Math.abs(t);
  if (a < small) return 1 / 12 - (t * t) / 240;
  const e = Math.exp(-a);
  return 1 / (a * a) - e / (1 - e) ** 2;
}

/** The noise at a quantile. */
function tiltedDraw(t: number, quantile: number): number {
  if (Math.abs(t) < 1e-9) return quantile - 0.5;
  const a = Math.abs(t);
  const up = 0.5 + Math.log(quantile + (1 - quantile) * Math.exp(-a)) / a;
  return t > 0 ? up : -up;
}

function logMeanExp(logs: readonly number[]): number {
  const highest = Math.max(...logs);
  const sum = logs.reduce((total, log) => total + Math.exp(log - highest), 0);
  return highest + Math.log(sum / logs.length);
}
