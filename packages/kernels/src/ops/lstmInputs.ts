import type * as tf from '@tensorflow/tfjs';

/** A masked 1 x 1 convolution from the hidden map to the layer's output (PixelRNN, Figure 5, right). */
export interface UpProjection {
  /** Weights before masking, [1, 1, h, C]. */
  kernel: tf.Tensor4D;
  /** Zeros and ones, of its shape. */
  mask: tf.Tensor4D;
  /** [C] */
  bias: tf.Tensor1D;
  /** Whether x is added, which then must have C channels. */
  residual: boolean;
}

export interface RowLSTMInputs {
  /** [B, H, W, Cin] */
  x: tf.Tensor4D;
  /** Input-to-state weights before masking, [1, k, Cin, 4h], gates in the order o, f, i, g. */
  inputKernel: tf.Tensor4D;
  /** Zeros and ones, of its shape. */
  inputMask: tf.Tensor4D;
  /** [4h] */
  bias: tf.Tensor1D;
  /** State-to-state weights [k, h, 4h], k odd and centred; not masked. */
  stateKernel: tf.Tensor3D;
  /** The state above the first row, the same in every column, [h]. */
  initialHidden: tf.Tensor1D;
  /** [h] */
  initialCell: tf.Tensor1D;
  /** Added to the input-to-state map, [B, H, W, 4h]. */
  addition?: tf.Tensor4D | undefined;
  /** What the hidden map is projected by before it leaves the layer. */
  projection?: UpProjection | undefined;
}

export interface DiagonalBiLSTMInputs {
  /** [B, H, W, Cin] */
  x: tf.Tensor4D;
  /** Input-to-state weights before masking, [1, 1, Cin, 8h]: to the right o, f, i, g, then to the left the same. */
  inputKernel: tf.Tensor4D;
  /** Zeros and ones, of its shape. */
  inputMask: tf.Tensor4D;
  /** [8h] */
  bias: tf.Tensor1D;
  /** State-to-state weights [direction, from row r or r - 1, h, 4h] = [2, 2, h, 4h]; not masked. */
  stateKernel: tf.Tensor4D;
  /** The state before each row's first pixel, by direction, [2, h]. */
  initialHidden: tf.Tensor2D;
  /** [2, h] */
  initialCell: tf.Tensor2D;
  /** Added to the input-to-state map, [B, H, W, 8h]. */
  addition?: tf.Tensor4D | undefined;
  /** What the hidden map is projected by before it leaves the layer. */
  projection?: UpProjection | undefined;
}
