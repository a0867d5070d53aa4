import * as tf from '@tensorflow/tfjs';
import { unflatten } from './flatWeights.js';

/** The square of the global norm: the sum of squares over all gradients, as one vector. */
export function squaredNorm(flat: tf.Tensor1D): tf.Scalar {
  return tf.sum(tf.square(flat)) as tf.Scalar;
}

/**
 * Gradients scaled by one number so that their global norm is at most `clipNorm` (Pascanu et al., 1211.5063,
 * algorithm 1). Nothing is read back; gradients that are not finite stay so.
 *
 * @param flat all gradients as one vector, and `squared` its {@link squaredNorm}
 */
export function clipByGlobalNorm(
  { flat, squared, clipNorm }: { flat: tf.Tensor1D; squared: tf.Scalar; clipNorm: number },
  like: readonly tf.Tensor[],
): tf.Tensor[] {
  return tf.tidy(() => {
    const scale = tf.div(clipNorm, tf.maximum(tf.sqrt(squared), clipNorm));
    return unflatten(tf.mul(flat, scale) as tf.Tensor1D, like);
  });
}
