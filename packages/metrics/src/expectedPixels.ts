import * as tf from '@tensorflow/tfjs';

/**
 * The mean of a model's distributions, pixel by pixel and colour by colour, in intensities scaled to [-1, 1] as the inputs
 * of a model are; of mixtures of Gaussians that of the density, before it is cut into bins.
 *
 * @param output as `logLikelihood` takes it: [B, H, W, C] of two levels, [B, H, W, C, levels] or [B, H, W, C, K, 3]
 * @returns [B, H, W, C], differentiable in the output
 * @throws Error if the output is none of a model
 */
export function expectedPixels(output: tf.Tensor, levels: number): tf.Tensor4D {
  if (output.rank === 4 && levels === 2) return tf.tanh(tf.mul(output, 0.5)) as tf.Tensor4D; // 2 sigmoid(x) - 1
  if (output.rank === 5 && output.shape[4] === levels) {
    const values = tf.sub(tf.mul(tf.range(0, levels), 2 / (levels - 1)), 1);
    return tf.sum(tf.mul(tf.softmax(output), values), -1) as tf.Tensor4D;
  }
  if (output.rank === 6 && output.shape[5] === 3) {
    const [logWeights, means] = tf.unstack(output, -1) as [tf.Tensor, tf.Tensor];
    return tf.sum(tf.mul(tf.exp(logWeights), means), -1) as tf.Tensor4D;
  }
  throw new Error(
    `expectedPixels: expected a model's output [B, H, W, C] of 2 levels, [B, H, W, C, levels] or [B, H, W, C, K, 3], ` +
      `got [${output.shape}] and ${levels} levels`,
  );
}
