import { liveTaps, type Tap } from '@pixelrnn/kernels';
import * as tf from '@tensorflow/tfjs';
import { type ColorGroups, convolutionMask, type MaskType, parseMaskType } from '../mask/mask.js';
import { seededGlorotUniform } from '../seededGlorotUniform.js';

export interface MaskedConvolutionOptions {
  /** Output channels. */
  filters: number;
  /** Odd; one number or [height, width]. */
  kernelSize: number | [number, number];
  /** A: not the pixel itself, nor its own colour. B: its own colour too. */
  maskType: MaskType;
  /** How output channels belong to colours; default cyclic. */
  outputGroups?: ColorGroups;
}

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

/** @throws Error naming the layer where a mask type is unknown or no weight is live */
export function maskedConvolution(
  layer: string,
  options: MaskedConvolutionOptions & { cin: number; colors: number; seed: number; purpose: string },
): MaskedConvolution {
  const { filters: cout, cin, colors, outputGroups = 'cyclic', seed, purpose } = options;
  const maskType = parseMaskType(layer, options.maskType);
  const [kernelHeight, kernelWidth] = bothSides(options.kernelSize);
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

export function bothSides(kernelSize: number | [number, number]): [number, number] {
  return typeof kernelSize === 'number' ? [kernelSize, kernelSize] : kernelSize;
}
