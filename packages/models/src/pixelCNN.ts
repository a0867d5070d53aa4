import { odd, parseOptions, positive, seed } from '@pixelrnn/kernels/options';
import { maskedConv2d, pixelCNNBlocks } from '@pixelrnn/layers';
import * as tf from '@tensorflow/tfjs';
import { z } from 'zod';
import { outputHead } from './outputHead.js';

/** Options of {@link pixelCNN}. */
export const pixelCNNSchema = z.strictObject({
  height: positive,
  width: positive,
  /** 1 or 3 in the paper. */
  colors: positive,
  /** 2: Bernoulli outputs; more: a softmax over that many intensities. */
  levels: z.int().min(2).max(256),
  /** Residual blocks, L. */
  blocks: z.int().nonnegative(),
  /** h: the blocks work on 2h maps. */
  h: positive,
  /** Maps of the two 1x1 convolutions of the head: 1024 on CIFAR-10 and ImageNet, 32 on MNIST. */
  headWidth: positive,
  /** Side of the first convolution, mask A. */
  firstKernel: odd.min(3).default(7),
  /** Side of the convolution inside each block, mask B. */
  kernelSize: odd.default(3),
  /** Seed of the initial weights. */
  seed,
});

export type PixelCNNOptions = z.input<typeof pixelCNNSchema>;

/**
 * PixelCNN (PixelRNN, sections 3.5 and 4, Table 1, Figure 5):
 *
 *     7x7 mask A (2h) -> blocks -> head ({@link outputHead})
 *
 * Input: scaled pixels [B, H, W, colors]. Output: logits [B, H, W, colors, levels], or [B, H, W, colors] of Bernoulli
 * distributions for two levels.
 *
 * @throws Error listing every option that is missing, unknown or out of range
 */
export function pixelCNN(options: PixelCNNOptions): tf.LayersModel {
  const o = parseOptions('pixelCNN', pixelCNNSchema, options);
  const shared = { colors: o.colors, seed: o.seed };
  const input = tf.input({ shape: [o.height, o.width, o.colors], name: 'pixels' });
  let x = maskedConv2d({
    ...shared,
    filters: 2 * o.h,
    kernelSize: o.firstKernel,
    maskType: 'A',
    name: 'first',
  }).apply(input) as tf.SymbolicTensor; // [B, H, W, 2h]
  if (o.blocks > 0) {
    const { blocks, h, kernelSize } = o;
    const layer = pixelCNNBlocks({ ...shared, blocks, h, kernelSize, name: 'blocks' });
    x = layer.apply(x) as tf.SymbolicTensor; // [B, H, W, 2h]
  }
  const { colors, levels, headWidth, seed } = o;
  const logits = outputHead(x, { colors, levels, headWidth, seed });
  return tf.model({ inputs: input, outputs: logits, name: 'PixelCNN' });
}
