import * as tf from '@tensorflow/tfjs';
import { maskedConv2d } from '../ops/maskedConv2d.js';
import type { Tap } from '../ops/taps.js';
import { composedGate } from './gate.js';

export interface GatedConv2dInputs {
  /** [B, H, W, Cin] */
  x: tf.Tensor4D;
  /** Weights before masking, [kh, kw, Cin, 2p]: p maps for tanh, then p for the logistic function. */
  kernel: tf.Tensor4D;
  /** Zeros and ones, of its shape; built for each half, where channels belong to colours cyclically. */
  mask: tf.Tensor4D;
  /** [2p] */
  bias?: tf.Tensor1D | undefined;
  /** A condition of each image, [B, 2p]: the same in every pixel. */
  vector?: tf.Tensor2D | undefined;
  /** A condition of each pixel, [B, H, W, 2p]. */
  map?: tf.Tensor4D | undefined;
}

/** The reference of the gated unit: one convolution for both halves, then each function on its half. */
export function composedGatedConv2d(
  { x, kernel, mask, bias, vector, map }: GatedConv2dInputs,
  taps: readonly Tap[],
): tf.Tensor4D {
  const sums = maskedConv2d({ x, kernel, mask, bias, residual: map }, { taps });
  const conditioned = vector ? tf.add(sums, tf.reshape(vector, [x.shape[0], 1, 1, -1])) : sums;
  return composedGate(conditioned) as tf.Tensor4D;
}
