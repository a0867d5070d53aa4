import type * as tf from '@tensorflow/tfjs';
import { maskedConv2d } from './maskedConv2d.js';

export interface PixelCNNBlockArgs {
  /** h of the paper; the block's input and output have 2h channels. */
  h: number;
  colors: number;
  /** Side of the masked convolution in the middle; default 3. */
  kernelSize?: number;
  /** Prefix of the layers' names. */
  name: string;
  seed?: number;
}

/**
 * Residual block of PixelCNN (PixelRNN, Figure 5, left), every convolution with mask B:
 *
 *     2h -> ReLU, 1x1 (h) -> ReLU, 3x3 (h) -> ReLU, 1x1 (2h) -> + input        [B, H, W, 2h] -> [B, H, W, 2h]
 */
export function pixelCNNBlock(input: tf.SymbolicTensor, args: PixelCNNBlockArgs): tf.SymbolicTensor {
  const { h, colors, kernelSize = 3, name, seed } = args;
  const shared = { maskType: 'B', colors, seed, inputActivation: 'relu' } as const;
  const down = maskedConv2d({ ...shared, filters: h, kernelSize: 1, name: `${name}_down` });
  const spatial = maskedConv2d({ ...shared, filters: h, kernelSize, name: `${name}_conv` });
  const up = maskedConv2d({ ...shared, filters: 2 * h, kernelSize: 1, name: `${name}_up` });
  const hidden = spatial.apply(down.apply(input)) as tf.SymbolicTensor; // [B, H, W, h]
  return up.apply([hidden, input]) as tf.SymbolicTensor; // [B, H, W, 2h]
}
