import * as tf from '@tensorflow/tfjs';
import type { GatedConv2dInputs } from '../ops/gatedInputs.js';
import { maskedConv2d } from '../ops/maskedConv2d.js';
import type { Tap } from '../ops/taps.js';

/** The reference of the gated unit: one convolution for both halves, then each function on its half. */
export function composedGatedConv2d(
  { x, kernel, mask, bias, vector, map }: GatedConv2dInputs,
  taps: readonly Tap[],
): tf.Tensor4D {
  const sums = maskedConv2d({ x, kernel, mask, bias, residual: map }, { taps });
  const conditioned = vector ? tf.add(sums, tf.reshape(vector, [x.shape[0], 1, 1, -1])) : sums;
  const [f, g] = tf.split(conditioned, 2, 3) as [tf.Tensor4D, tf.Tensor4D];
  return tf.mul(tf.tanh(f), tf.sigmoid(g));
}
