import { bernoulliCrossEntropy, softmaxCrossEntropy } from '@pixelrnn/kernels';
import * as tf from '@tensorflow/tfjs';

/**
 * Exact log-likelihood of whole images under a model's output, in nats per image: the sum over rows, columns and colours
 * of the log-probability of the true intensity (PixelRNN, section 2).
 *
 * @param logits [B, H, W, C, levels] of softmax distributions, or [B, H, W, C] of Bernoulli ones
 * @param intensities int32 [B, H, W, C], each in 0 .. levels - 1
 * @returns float32 [B], negative or zero; differentiable in the logits
 * @throws Error if the shapes do not fit together
 */
export function logLikelihood(logits: tf.Tensor, intensities: tf.Tensor): tf.Tensor1D {
  if (intensities.rank !== 4 || (logits.rank !== 4 && logits.rank !== 5)) {
    throw new Error(
      `logLikelihood: expected logits [B, H, W, C, levels] or [B, H, W, C] and intensities [B, H, W, C], ` +
        `got [${logits.shape}] and [${intensities.shape}]`,
    );
  }
  const nats =
    logits.rank === 5 ? softmaxCrossEntropy(logits, intensities) : bernoulliCrossEntropy(logits, intensities);
  return tf.neg(nats);
}

/** Bits per dimension of a negative log-likelihood in nats per image; `dimensions` = H x W x C. */
export function bitsPerDim(nats: number, dimensions: number): number {
  return nats / (Math.LN2 * dimensions);
}
