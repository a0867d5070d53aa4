import { parseOptions, positive, seed } from '@pixelrnn/kernels/options';
import { gatedLayer, maskedConv2d } from '@pixelrnn/layers';
import * as tf from '@tensorflow/tfjs';
import { z } from 'zod';
import { conditionInputs } from './conditionInputs.js';
import { outputHead } from './outputHead.js';

const kernel = z.int().min(3);

/** Options of {@link gatedPixelCNN}. */
export const gatedPixelCNNSchema = z.strictObject({
  height: positive,
  width: positive,
  /** 1 or 3 in the papers. */
  colors: positive,
  /** 2: Bernoulli outputs; more: a softmax over that many intensities. */
  levels: z.int().min(2).max(256),
  /** Gated layers after the first. */
  layers: z.int().nonnegative(),
  /** p: maps of either stack. */
  filters: positive,
  /** Maps of the two 1x1 convolutions of the head. */
  headWidth: positive,
  /** A learnable connection from each layer to the head; without, the head reads the last layer. */
  skip: z.boolean().default(false),
  /** Distribution of the outputs ({@link outputHead}). */
  distribution: z.enum(['softmax', 'mcgsm']).default('softmax'),
  /** n of the first layer, which the horizontal stack reads with mask A. */
  firstKernel: kernel.default(7),
  /** n of the others: kernels of ceil(n/2) x n and 1 x ceil(n/2). */
  kernelSize: kernel.default(3),
  /** Numbers of a second input, [B, m], that every layer is conditioned on: a class as one-hot, an embedding, a code; 0: none. */
  conditionSize: z.int().nonnegative().default(0),
  /** Maps of another input, [B, H, W, c], that every layer is conditioned on; 0: none. */
  conditionMaps: z.int().nonnegative().default(0),
  /** Seed of the initial weights. */
  seed,
});

export type GatedPixelCNNOptions = z.input<typeof gatedPixelCNNSchema>;

/**
 * Gated PixelCNN, conditional where it is asked for (1606.05328, section 2 and Figure 2):
 *
 *     first layer n x n mask A (p) -> layers (p) -> head ({@link outputHead}) of the horizontal stack
 *
 * Inputs: scaled pixels [B, H, W, colors], then with `conditionSize` a vector [B, m], then with `conditionMaps` a map
 * [B, H, W, c]. Output: logits [B, H, W, colors, levels], or [B, H, W, colors] of Bernoulli distributions for two levels.
 *
 * @throws Error listing every option that is missing, unknown or out of range
 */
export function gatedPixelCNN(options: GatedPixelCNNOptions): tf.LayersModel {
  const o = parseOptions('gatedPixelCNN', gatedPixelCNNSchema, options);
  const pixels = tf.input({ shape: [o.height, o.width, o.colors], name: 'pixels' });
  const conditions = conditionInputs(o);
  const outputs = gatedPixelCNNOutput(pixels, conditions, o);
  return tf.model({ inputs: [pixels, ...conditions], outputs, name: 'GatedPixelCNN' });
}

type Architecture = Omit<
  z.output<typeof gatedPixelCNNSchema>,
  'height' | 'width' | 'conditionSize' | 'conditionMaps'
>;

/** The network of {@link gatedPixelCNN} between its inputs and its output. */
export function gatedPixelCNNOutput(
  pixels: tf.SymbolicTensor,
  conditions: readonly tf.SymbolicTensor[],
  o: Architecture,
): tf.SymbolicTensor {
  const { colors, levels, headWidth, distribution, filters, seed } = o;
  const shared = { filters, colors, seed };
  const first = gatedLayer({ ...shared, kernelSize: o.firstKernel, maskType: 'A', name: 'first' });
  let [v, h] = first.apply([pixels, pixels, ...conditions]) as [tf.SymbolicTensor, tf.SymbolicTensor]; // [B, H, W, p] each
  let skipped: tf.SymbolicTensor | null = null;
  for (let i = 1; i <= o.layers; i++) {
    const name = `layer${i}`;
    const layer = gatedLayer({ ...shared, kernelSize: o.kernelSize, maskType: 'B', name });
    [v, h] = layer.apply([v, h, ...conditions]) as [tf.SymbolicTensor, tf.SymbolicTensor];
    if (o.skip) {
      const connection = maskedConv2d({ ...shared, kernelSize: 1, maskType: 'B', name: `${name}_skip` });
      skipped = connection.apply(skipped ? [h, skipped] : h) as tf.SymbolicTensor;
    }
  }
  return outputHead(skipped ?? h, { colors, levels, headWidth, distribution, seed });
}
