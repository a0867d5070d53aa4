import type * as tf from '@tensorflow/tfjs';
import type { UpProjection } from '../ops/lstmInputs.js';
import { maskedConv2d } from '../ops/maskedConv2d.js';

/** The reference of what follows a recurrent layer's hidden map: nothing, or a 1 x 1 convolution, and x. */
export function composedUpProjection(
  hidden: tf.Tensor4D,
  x: tf.Tensor4D,
  projection: UpProjection | undefined,
): tf.Tensor4D {
  if (!projection) return hidden;
  const { residual, ...filter } = projection;
  const inputs = { x: hidden, ...filter, residual: residual ? x : undefined };
  return maskedConv2d(inputs, { taps: [{ row: 0, column: 0 }] });
}
