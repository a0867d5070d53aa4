import { liveTaps, type Tap } from '@pixelrnn/kernels';
import { odd, positive } from '@pixelrnn/kernels/options';
import * as tf from '@tensorflow/tfjs';
import { z } from 'zod';
import { maskType } from '../layerOptions.js';
import { convolutionMask } from '../mask/mask.js';
import { seededGlorotUniform } from '../seededGlorotUniform.js';

/** Options of a masked convolution. */
export const convolutionOptions = {
  /** Output channels. */
  filters: positive,
  /** Odd; one number or [height, width]. */
  kernelSize: z
    .union([odd, z.tuple([odd, odd])], { error: 'must be odd, or a pair [height, width] of odd numbers' })
    .transform((size): [number, number] => (typeof size === 'number' ? [size, size] : size)),
  /** A: not the pixel itself, nor its own colour. B: its own colour too. */
  maskType,
  /** How output channels belong to colours. */
  outputGroups: z.enum(['cyclic', 'contiguous']).default('cyclic'),
};

type MaskedConvolutionOptions = z.output<z.ZodObject<typeof convolutionOptions>>;

/** What the weights of a layer's masked convolution are made from. */
export interface MaskedConvolution {
  /** [kernel height, kernel width, input channels, filters] */
  kernelShape: [number, number, number, number];
  /** Zeros and ones of the kernel's shape; the layer's to dispose. */
  mask: tf.Tensor4D;
  taps: Tap[];
  /** Initial values of the kernel, Glorot's range for the live weights alone. */
  initialKernel: Float32Array;
}

/** @throws Error naming the layer where no weight is live */
export function maskedConvolution(
  layer: string,
  options: MaskedConvolutionOptions & { cin: number; colors: number; seed: number; purpose: string },
): MaskedConvolution {
  const { filters: cout, cin, colors, outputGroups, maskType, seed, purpose } = options;
  const [kernelHeight, kernelWidth] = options.kernelSize;
  const values = convolutionMask({ kernelHeight, kernelWidth, cin, cout, maskType, colors, outputGroups });
  const kernelShape: [number, number, number, number] = [kernelHeight, kernelWidth, cin, cout];
  const taps = liveTaps(values, kernelShape);
  if (taps.length === 0) {
    throw new Error(
      `${layer}: a ${kernelHeight} x ${kernelWidth} kernel with mask ${maskType} has no live weight; use mask B or a larger kernel`,
    );
  }
  const liveWeights = values.reduce((sum, value) => sum + value, 0);
  const fans = { fanIn: liveWeights / cout, fanOut: liveWeights / cin };
  const initialKernel = seededGlorotUniform(values.length, { ...fans, seed, purpose });
  return { kernelShape, mask: tf.keep(tf.tensor4d(values, kernelShape)), taps, initialKernel };
}
