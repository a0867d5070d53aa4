import { maskedConv2d, pixelCNNBlock, splitLevels } from '@pixelrnn/layers';
import * as tf from '@tensorflow/tfjs';
import { z } from 'zod';
import { parseOptions } from './parseOptions.js';

const positive = z.int().positive();
const odd = positive.refine((side) => side % 2 === 1, { error: 'must be odd' });

const pixelCNNSchema = z.strictObject({
  height: positive,
  width: positive,
  colors: positive,
  levels: z.int().min(2).max(256),
  blocks: z.int().nonnegative(),
  h: positive,
  headWidth: positive,
  firstKernel: odd.min(3).default(7),
  kernelSize: odd.default(3),
  seed: z.int().default(0),
});

export interface PixelCNNOptions {
  height: number;
  width: number;
  /** 1 or 3 in the paper. */
  colors: number;
  /** 2: Bernoulli outputs; more: a softmax over that many intensities. */
  levels: number;
  /** Residual blocks, L. */
  blocks: number;
  /** h: the blocks work on 2h maps. */
  h: number;
  /** Maps of the two 1x1 convolutions of the head: 1024 on CIFAR-10 and ImageNet, 32 on MNIST. */
  headWidth: number;
  /** Side of the first convolution, mask A; default 7. */
  firstKernel?: number;
  /** Side of the convolution inside each block, mask B; default 3. */
  kernelSize?: number;
  /** Of the initial weights; default 0. */
  seed?: number;
}

/**
 * PixelCNN (PixelRNN, sections 3.5 and 4, Table 1, Figure 5):
 *
 *     7x7 mask A (2h) -> blocks -> (ReLU, 1x1 mask B) twice -> ReLU, 1x1 mask B to the logits
 *
 * Input: scaled pixels [B, H, W, colors]. Output: logits [B, H, W, colors, levels], or [B, H, W, colors] of Bernoulli
 * distributions for two levels.
 *
 * Departure: Table 1 shows no ReLU before the last projection; without one it would be a single linear map together with
 * the convolution before it, so one stands here.
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
  for (let block = 1; block <= o.blocks; block++) {
    x = pixelCNNBlock(x, { ...shared, h: o.h, kernelSize: o.kernelSize, name: `block${block}` });
  }
  const head = { ...shared, kernelSize: 1, maskType: 'B', inputActivation: 'relu' } as const;
  x = maskedConv2d({ ...head, filters: o.headWidth, name: 'head1' }).apply(x) as tf.SymbolicTensor;
  x = maskedConv2d({ ...head, filters: o.headWidth, name: 'head2' }).apply(x) as tf.SymbolicTensor;
  const perColor = o.levels === 2 ? 1 : o.levels;
  let logits = maskedConv2d({
    ...head,
    filters: o.colors * perColor,
    outputGroups: 'contiguous',
    name: 'logits',
  }).apply(x) as tf.SymbolicTensor; // [B, H, W, colors * perColor]
  if (perColor > 1) {
    logits = splitLevels({ colors: o.colors, levels: o.levels, name: 'levels' }).apply(
      logits,
    ) as tf.SymbolicTensor;
  }
  return tf.model({ inputs: input, outputs: logits, name: 'PixelCNN' });
}
