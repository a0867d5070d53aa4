import { bernoulliCrossEntropy, softmaxCrossEntropy } from '@pixelrnn/kernels';
import * as tf from '@tensorflow/tfjs';
import { binProbability } from './gaussianMixture.js';
import { requireCount } from './requireCount.js';

/**
 * Exact log-likelihood of whole images under a model's output, in nats per image: the sum over rows, columns and colours
 * of the log-probability of the true intensity (PixelRNN, section 2). The output's rank tells its distributions:
 *
 * - [B, H, W, C]: logits of Bernoulli distributions (two levels)
 * - [B, H, W, C, levels]: logits of softmax distributions
 * - [B, H, W, C, K, 3]: mixtures of Gaussians, integrated over each intensity's bin ({@link binProbability})
 *
 * @param intensities int32 [B, H, W, C], each in 0 .. levels - 1
 * @returns float32 [B], negative or zero; differentiable in the output
 * @throws Error if the shapes do not fit together
 */
export function logLikelihood(output: tf.Tensor, intensities: tf.Tensor, levels: number): tf.Tensor1D {
  const pixels = output.shape.slice(0, 4);
  const last = output.shape.slice(4);
  const fits =
    (last.length === 0 && levels === 2) ||
    (last.length === 1 && last[0] === levels) ||
    (last.length === 2 && last[1] === 3);
  if (intensities.rank !== 4 || pixels.join() !== intensities.shape.join() || !fits) {
    throw new Error(
      `logLikelihood: expected intensities [B, H, W, C] and a model's output [B, H, W, C] for 2 levels, [B, H, W, C, levels] ` +
        `or [B, H, W, C, K, 3], got [${intensities.shape}], [${output.shape}] and ${levels} levels`,
    );
  }
  if (last.length === 2) {
    const logs = tf.log(binProbability(output, intensities, levels));
    return tf.sum(tf.reshape(logs, [output.shape[0] as number, -1]), 1);
  }
  const nats =
    last.length === 1 ? softmaxCrossEntropy(output, intensities) : bernoulliCrossEntropy(output, intensities);
  return tf.neg(nats);
}

/**
 * Bits per dimension of a negative log-likelihood in nats per image.
 *
 * @param dimensions H x W x C
 * @throws Error if that is no positive integer
 */
export function bitsPerDim(nats: number, dimensions: number): number {
  requireCount('bitsPerDim: expected dimensions, H x W x C', dimensions);
  return nats / (Math.LN2 * dimensions);
}
