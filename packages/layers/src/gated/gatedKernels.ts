import { liveTaps, type Tap } from '@pixelrnn/kernels';
import type { MapId, PlanTerm } from '@pixelrnn/kernels/plan';
import * as tf from '@tensorflow/tfjs';
import { colorOfChannel } from '../mask/mask.js';

/** Which pixels and colours a convolution of the gated layer reads, as the cropped kernel that holds its weights. */
export interface CroppedKernel {
  /** [kernel height, kernel width, input channels, sums] */
  shape: [number, number, number, number];
  /** Offset of the kernel's first row and column from the pixel: (-1, -1) for a 2 x 3 kernel that ends in its row. */
  first: { row: number; column: number };
  /** The colours of the pixel itself that are read. */
  centre: PlanTerm['taps'][number]['colors'];
  /** Zeros and ones of `shape`: which weights are live. */
  mask: Float32Array;
}

export interface CroppedKernelOptions {
  /** n: the side of the square kernel that is cropped. */
  kernelSize: number;
  cin: number;
  /** p: maps of the gated unit, which has twice as many sums. */
  filters: number;
}

/**
 * The vertical stack's kernel, ceil(n/2) x n: the pixel's row and those above it, unrestricted to the left and the right. It
 * reads whole rows that are complete before it is used, so that no weight is masked.
 */
export function verticalKernel({ kernelSize, cin, filters }: CroppedKernelOptions): CroppedKernel {
  const height = Math.ceil(kernelSize / 2);
  const shape: CroppedKernel['shape'] = [height, kernelSize, cin, 2 * filters];
  const mask = new Float32Array(shape.reduce((product, size) => product * size, 1)).fill(1);
  return { shape, first: { row: 1 - height, column: -Math.floor(kernelSize / 2) }, centre: 'all', mask };
}

/**
 * The horizontal stack's kernel, 1 x ceil(n/2): pixels to the left, and of the pixel itself the colours before the output's
 * (mask A) or also its own (mask B), within each half of the sums.
 */
export function horizontalKernel(
  { kernelSize, cin, filters }: CroppedKernelOptions,
  maskType: 'A' | 'B',
  colors: number,
): CroppedKernel {
  const width = Math.ceil(kernelSize / 2);
  const sums = 2 * filters;
  const shape: CroppedKernel['shape'] = [1, width, cin, sums];
  const mask = new Float32Array(width * cin * sums).fill(1);
  const centre = (width - 1) * cin * sums;
  for (let input = 0; input < cin; input++) {
    const from = colorOfChannel(input, cin, colors, 'cyclic');
    for (let sum = 0; sum < sums; sum++) {
      const to = colorOfChannel(sum % filters, filters, colors, 'cyclic');
      mask[centre + input * sums + sum] = (maskType === 'A' ? from < to : from <= to) ? 1 : 0;
    }
  }
  return { shape, first: { row: 0, column: 1 - width }, centre: maskType === 'A' ? 'before' : 'upTo', mask };
}

/** The 1 x 1 link from the vertical sums of the row above to the horizontal ones: every weight is live. */
export function linkKernel(filters: number): CroppedKernel {
  const sums = 2 * filters;
  return {
    shape: [1, 1, sums, sums],
    first: { row: -1, column: 0 },
    centre: 'all',
    mask: new Float32Array(sums * sums).fill(1),
  };
}

/** A cropped kernel as the convolutions want it: of odd sides, with the pixel in the middle. */
export interface CentredKernel {
  /** Rows and columns of zeros around the cropped kernel, for `tf.pad`. */
  padding: [[number, number], [number, number], [number, number], [number, number]];
  mask: tf.Tensor4D;
  taps: Tap[];
}

/** @returns a kernel whose mask is the caller's to dispose */
export function centred({ shape, first, mask }: CroppedKernel): CentredKernel {
  const [height, width] = shape;
  const around = (first: number, size: number): [number, number] => {
    const reach = Math.max(-first, first + size - 1);
    return [first + reach, reach - (first + size - 1)];
  };
  const padding: CentredKernel['padding'] = [
    around(first.row, height),
    around(first.column, width),
    [0, 0],
    [0, 0],
  ];
  const padded = tf.tidy(() => tf.keep(tf.pad(tf.tensor4d(mask, shape), padding)));
  return { padding, mask: padded, taps: liveTaps(padded.dataSync(), padded.shape) };
}

/** What a plan's sum reads through a cropped kernel. */
export function croppedTerm(
  map: MapId,
  { shape, first, centre, mask }: CroppedKernel,
  kernel: () => Float32Array,
): PlanTerm {
  const [height, width] = shape;
  const taps = Array.from({ length: height * width }, (_, i): PlanTerm['taps'][number] => {
    const row = first.row + Math.floor(i / width);
    const column = first.column + (i % width);
    return { row, column, colors: row === 0 && column === 0 ? centre : 'all' };
  });
  return { map, taps, weights: () => kernel().map((weight, i) => weight * (mask[i] as number)) };
}

/** The first or second half of a matrix's columns, [rows, columns] -> [rows, columns / 2]. */
export function halfOfColumns(matrix: Float32Array, rows: number, half: 0 | 1): Float32Array {
  const size = matrix.length / rows / 2;
  const picked = new Float32Array(rows * size);
  for (let row = 0; row < rows; row++) {
    const from = (2 * row + half) * size;
    picked.set(matrix.subarray(from, from + size), row * size);
  }
  return picked;
}
