import type * as tf from '@tensorflow/tfjs';

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
