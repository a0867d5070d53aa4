import * as tf from '@tensorflow/tfjs';
import { maskedConv2d } from '../ops/maskedConv2d.js';
import type { Tap } from '../ops/taps.js';
import { splitBlocks } from './splitBlocks.js';

/** One of the convolutions of {@link GatedLayerInputs}. */
export interface GatedLayerConvolution {
  /** Weights before masking, [kh, kw, Cin, Cout]. */
  kernel: tf.Tensor4D;
  /** Zeros and ones, of the kernel's shape. */
  mask: tf.Tensor4D;
  /** [Cout] */
  bias: tf.Tensor1D;
  /** The kernel positions where the mask is not all zero, each once. */
  taps: readonly Tap[];
}

export interface GatedLayerInputs {
  /** [B, H, W, channels of the vertical stack] */
  v: tf.Tensor4D;
  /** [B, H, W, channels of the horizontal stack] */
  h: tf.Tensor4D;
  /** From v to 2p sums: p for tanh, then p for the logistic function. */
  vertical: GatedLayerConvolution;
  /** From the 2p vertical sums to 2p. */
  link: GatedLayerConvolution;
  /** From h to 2p sums. */
  horizontal: GatedLayerConvolution;
  /** From the p maps of the horizontal stack's unit to p, 1 x 1. */
  projection: Omit<GatedLayerConvolution, 'taps'>;
  /** Whether h, of p channels, is added to the projection. */
  residual: boolean;
  /** A condition of each image, the same in every pixel: [B, 4p], of the vertical sums first. */
  vector?: tf.Tensor2D | undefined;
  /** A condition of each pixel, [B, H, W, 4p]. */
  map?: tf.Tensor4D | undefined;
}

/** The reference of the gated layer: one convolution after the other, then each function on its half of the sums. */
export function composedGatedLayer(inputs: GatedLayerInputs): [tf.Tensor4D, tf.Tensor4D] {
  const { v, h, vertical, link, horizontal, projection, residual, vector, map } = inputs;
  const conditions: tf.Tensor[] = [];
  if (vector) conditions.push(tf.reshape(vector, [vector.shape[0], 1, 1, -1]));
  if (map) conditions.push(map);
  const halves = conditions.map((condition) => tf.split(condition, 2, -1));
  const conditioned = (sums: tf.Tensor4D, stack: 0 | 1) =>
    halves.reduce<tf.Tensor4D>((sum, half) => tf.add(sum, half[stack] as tf.Tensor), sums);
  const below = conditioned(convolve(v, vertical), 0);
  const beside = conditioned(convolve(h, horizontal, convolve(below, link)), 1);
  const taps = [{ row: 0, column: 0 }];
  return [unit(below), convolve(unit(beside), { ...projection, taps }, residual ? h : undefined)];
}

function convolve(
  x: tf.Tensor4D,
  { kernel, mask, bias, taps }: GatedLayerConvolution,
  residual?: tf.Tensor4D,
): tf.Tensor4D {
  return maskedConv2d({ x, kernel, mask, bias, residual }, { taps });
}

/** [..., 2p] -> [..., p] */
function unit(sums: tf.Tensor4D): tf.Tensor4D {
  const { f, g } = splitBlocks(sums, 'gated');
  return tf.mul(tf.tanh(f), tf.sigmoid(g));
}
