import * as tf from '@tensorflow/tfjs';
import type { ConvAttributes } from '../fused/convFields.js';
import type { ConvBackwardAttributes } from '../fused/maskedConv2d.js';
import type { Tap } from '../ops/taps.js';

export interface ComposedConvInputs {
  x: tf.Tensor4D;
  kernel: tf.Tensor4D;
  mask: tf.Tensor4D;
  bias?: tf.Tensor1D;
  residual?: tf.Tensor4D;
}

/**
 * The reference: masked convolution over live taps only, from operations that every TensorFlow.js backend has. Dead taps
 * cost nothing, and what they would read is in no sum.
 *
 * The image is padded once and flattened to [positions, channels], so that what a tap reads is a contiguous slice, and the
 * slices side by side times the taps' weights are one matMul; products at padding positions are computed and cropped at
 * the end. No matMul has a transposed operand, because the WASM backend runs those twenty times slower.
 */
export function composedMaskedConv2d(inputs: ComposedConvInputs, attributes: ConvAttributes): tf.Tensor4D {
  const { x, kernel, mask, bias, residual } = inputs;
  const taps = tapsOf(attributes);
  const input = attributes.inputRelu ? tf.relu(x) : x;
  const weights = tapWeights(tf.mul(kernel, mask), taps);
  let y: tf.Tensor = shiftedProducts(input, weights, offsetsOf(taps, kernel));
  if (bias) y = tf.add(y, bias);
  if (attributes.outputRelu) y = tf.relu(y);
  if (residual) y = tf.add(y, residual);
  return y as tf.Tensor4D;
}

/** The gradients of {@link composedMaskedConv2d}: dx if asked for, dkernel, dbias if asked for. */
export function composedMaskedConv2dBackward(
  inputs: { x: tf.Tensor4D; kernel: tf.Tensor4D; mask: tf.Tensor4D; y?: tf.Tensor4D; dy: tf.Tensor4D },
  attributes: ConvBackwardAttributes,
): tf.Tensor[] {
  const { x, kernel, mask, y, dy } = inputs;
  const [kh, kw, cin, cout] = kernel.shape;
  const taps = tapsOf(attributes);
  const offsets = offsetsOf(taps, kernel);
  const dz = (attributes.outputRelu ? tf.mul(dy, positive(y as tf.Tensor4D)) : dy) as tf.Tensor4D;
  const gradients: tf.Tensor[] = [];
  if (attributes.inputGradient) {
    const transposed = tapWeights(tf.mul(kernel, mask), taps).map((weight) => tf.transpose(weight));
    const negated = offsets.map(({ row, column }) => ({ row: -row, column: -column }));
    const dinput = shiftedProducts(dz, transposed, negated);
    gradients.push(attributes.inputRelu ? tf.mul(dinput, positive(x)) : dinput);
  }
  const products = correlations(attributes.inputRelu ? tf.relu(x) : x, dz, offsets);
  const everywhere: tf.Tensor[] = new Array(kh * kw).fill(tf.zeros([cin, cout]));
  taps.forEach(({ row, column }, i) => {
    everywhere[row * kw + column] = products[i] as tf.Tensor;
  });
  gradients.push(tf.mul(tf.reshape(tf.stack(everywhere), kernel.shape), mask));
  if (attributes.biasGradient) gradients.push(tf.sum(dz, [0, 1, 2]));
  return gradients;
}

/** 1 where x > 0, else 0. `tf.step` has TensorFlow's backend bring a tensor of ones of x's size from the program's memory. */
function positive(x: tf.Tensor): tf.Tensor {
  return tf.cast(tf.greater(x, 0), 'float32');
}

function tapsOf({ taps }: ConvAttributes): Tap[] {
  return Array.from({ length: taps.length / 2 }, (_, i) => ({
    row: taps[2 * i] as number,
    column: taps[2 * i + 1] as number,
  }));
}

/** Each tap's distance from the kernel's centre. */
function offsetsOf(taps: readonly Tap[], kernel: tf.Tensor4D): Tap[] {
  const [height, width] = kernel.shape;
  return taps.map(({ row, column }) => ({
    row: row - Math.floor(height / 2),
    column: column - Math.floor(width / 2),
  }));
}

/** The [Cin, Cout] matrix of each tap. */
function tapWeights(kernel: tf.Tensor4D, taps: readonly Tap[]): tf.Tensor2D[] {
  const [, , cin, cout] = kernel.shape;
  return taps.map(({ row, column }) =>
    tf.reshape(tf.slice(kernel, [row, column, 0, 0], [1, 1, cin, cout]), [cin, cout]),
  );
}

/** Rows and columns of padding that keep every shifted read inside the padded image. */
interface Frame {
  top: number;
  bottom: number;
  left: number;
  right: number;
}

function frameOf(offsets: readonly Tap[]): Frame {
  const rows = offsets.map(({ row }) => row);
  const columns = offsets.map(({ column }) => column);
  return {
    top: Math.max(0, -Math.min(...rows)),
    bottom: Math.max(0, ...rows),
    left: Math.max(0, -Math.min(...columns)),
    right: Math.max(0, ...columns),
  };
}

/** Padded and flattened, [B (top + H + bottom) (left + W + right), C], with the start of each tap's slice. */
function flatten(x: tf.Tensor4D, { top, bottom, left, right }: Frame): tf.Tensor2D {
  const channels = x.shape[3];
  const padded = tf.pad(x, [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ]);
  return tf.reshape(padded, [-1, channels]);
}

function starts(offsets: readonly Tap[], { top, left, right }: Frame, width: number): number[] {
  return offsets.map(({ row, column }) => (top + row) * (left + width + right) + left + column);
}

function isPointwise(offsets: readonly Tap[]): boolean {
  return offsets.every(({ row, column }) => row === 0 && column === 0);
}

/** sum over taps of shift(x, offset) * weight; zeros outside the image. [B, H, W, Cin] -> [B, H, W, Cout] */
function shiftedProducts(x: tf.Tensor4D, weights: tf.Tensor2D[], offsets: readonly Tap[]): tf.Tensor4D {
  const [batch, height, width, cin] = x.shape;
  const cout = (weights[0] as tf.Tensor2D).shape[1];
  if (isPointwise(offsets)) {
    const product = tf.matMul(tf.reshape(x, [-1, cin]), weights[0] as tf.Tensor2D);
    return tf.reshape(product, [batch, height, width, cout]);
  }
  const frame = frameOf(offsets);
  const flat = flatten(x, frame);
  const positions = flat.shape[0];
  const begin = starts(offsets, frame, width);
  const count = positions - Math.max(...begin);
  const read = begin.map((start) => tf.slice(flat, [start, 0], [count, cin]));
  const sum = tf.matMul(tf.concat(read, 1), tf.concat(weights, 0));
  const grid = tf.reshape(
    tf.pad(sum, [
      [0, positions - count],
      [0, 0],
    ]),
    [batch, frame.top + height + frame.bottom, frame.left + width + frame.right, cout],
  );
  return tf.slice(grid as tf.Tensor4D, [0, 0, 0, 0], [batch, height, width, cout]);
}

/** For each tap, sum over all pixels of shift(x, offset)^T dy: [Cin, Cout] */
function correlations(x: tf.Tensor4D, dy: tf.Tensor4D, offsets: readonly Tap[]): tf.Tensor2D[] {
  const [, , width, cin] = x.shape;
  const cout = dy.shape[3];
  if (isPointwise(offsets)) {
    return [tf.matMul(tf.transpose(tf.reshape(x, [-1, cin])), tf.reshape(dy, [-1, cout]))];
  }
  const frame = frameOf(offsets);
  const columns = tf.transpose(flatten(x, frame)); // [Cin, positions]
  const { top, bottom, left, right } = frame;
  const grid = flatten(dy, { top: 0, bottom: top + bottom, left: 0, right: left + right });
  const begin = starts(offsets, frame, width);
  const count = grid.shape[0] - Math.max(...begin);
  const rows = tf.slice(grid, [0, 0], [count, cout]);
  const read = begin.map((start) => tf.slice(columns, [0, start], [cin, count]));
  return tf.split(tf.matMul(tf.concat(read, 0), rows), begin.length, 0) as tf.Tensor2D[];
}
