import { shown } from '@pixelrnn/kernels/options';
import * as tf from '@tensorflow/tfjs';
import { type Output, requireInside } from './requireInside.js';

/**
 * How strongly one colour's logits depend on every input: |d (sum of the logits) / d input|, averaged over the images.
 * With random or trained weights a value is zero where there is no dependence, and may be where a ReLU is closed; average
 * over several images, or make weights and inputs positive, where zeros must mean independence.
 *
 * @param model from pixels [B, H, W, C] to logits [B, H, W, C, levels] or [B, H, W, C]
 * @param images scaled pixels [B, H, W, C]
 * @returns [H, W, C], row-major
 * @throws Error if the output lies outside the images, or the model is no function
 */
export function receptiveField(
  model: (images: tf.Tensor4D) => tf.Tensor,
  images: tf.Tensor4D,
  { row, column, color }: Output,
): Float32Array {
  if (typeof model !== 'function') {
    throw new Error(
      `receptiveField: expected a function from pixels to logits, such as (x) => forward(model, x), got ${shown(model)}`,
    );
  }
  const [batch, height, width, colors] = images.shape;
  requireInside('receptiveField', { height, width, colors }, { row, column, color });
  return tf.tidy(() => {
    const chosen = (x: tf.Tensor) => {
      const logits = tf.reshape(model(x as tf.Tensor4D), [batch, height, width, colors, -1]);
      return tf.sum(tf.slice(logits, [0, row, column, color, 0], [batch, 1, 1, 1, -1])) as tf.Scalar;
    };
    return tf.mean(tf.abs(tf.grad(chosen)(images)), 0).dataSync() as Float32Array;
  });
}
