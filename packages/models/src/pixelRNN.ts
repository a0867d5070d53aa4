import { odd, parseOptions, positive, seed } from '@pixelrnn/kernels/options';
import { diagonalBiLSTM, maskedConv2d, rowLSTM } from '@pixelrnn/layers';
import * as tf from '@tensorflow/tfjs';
import { z } from 'zod';
import { conditionInputs } from './conditionInputs.js';
import { outputHead } from './outputHead.js';

/** Options of {@link pixelRNN}. */
export const pixelRNNSchema = z.strictObject({
  /** `row`: Row LSTM; `diagonal`: Diagonal BiLSTM. */
  cell: z.enum(['row', 'diagonal']),
  height: positive,
  width: positive,
  /** 1 or 3 in the paper. */
  colors: positive,
  /** 2: Bernoulli outputs; more: a softmax over that many intensities. */
  levels: z.int().min(2).max(256),
  /** Recurrent layers. */
  layers: positive,
  /** h: an LSTM has h hidden maps, the maps between layers are 2h. */
  h: positive,
  /** Maps of the two 1x1 convolutions of the head: 1024 on CIFAR-10 and ImageNet, 32 on MNIST. */
  headWidth: positive,
  /** Each layer's input is added to its output. */
  residual: z.boolean().default(true),
  /** A learnable connection from each layer to the head. */
  skip: z.boolean().default(false),
  /** Distribution of the outputs ({@link outputHead}). */
  distribution: z.enum(['softmax', 'mcgsm']).default('softmax'),
  /** Side of the first convolution, mask A. */
  firstKernel: odd.min(3).default(7),
  /** k of the Row LSTM. */
  kernelSize: odd.default(3),
  /** Maps of a second input, on which every layer is conditioned (section 3.6); 0: none. */
  conditionMaps: z.int().nonnegative().default(0),
  /** Numbers of another input, [B, m], that every layer is conditioned on, such as a class as one-hot; 0: none. */
  conditionSize: z.int().nonnegative().default(0),
  /** Seed of the initial weights. */
  seed,
});

export type PixelRNNOptions = z.input<typeof pixelRNNSchema>;

/**
 * PixelRNN (sections 3.1 to 3.3 and 4, Table 1, Figure 5):
 *
 *     7x7 mask A (2h) -> layers: LSTM (h) -> 1x1 mask B (2h), + the layer's input -> head ({@link outputHead})
 *
 * The residual is added once, after both directions of a Diagonal BiLSTM have been summed. With `skip`, the head reads
 * the sum of a 1x1 convolution with mask B of every layer's output; without, it reads the last layer.
 *
 * Input: scaled pixels [B, H, W, colors], then with `conditionSize` a vector [B, m], then with `conditionMaps` a map
 * [B, H, W, c].
 * Output: logits [B, H, W, colors, levels], or [B, H, W, colors] of Bernoulli distributions for two levels.
 *
 * Not given by the paper, chosen here: without residual connections the 1x1 convolution to 2h maps stays, so that the
 * ablation changes the addition alone.
 *
 * @throws Error listing every option that is missing, unknown or out of range
 */
export function pixelRNN(options: PixelRNNOptions): tf.LayersModel {
  const o = parseOptions('pixelRNN', pixelRNNSchema, options);
  const pixels = tf.input({ shape: [o.height, o.width, o.colors], name: 'pixels' });
  const conditions = conditionInputs(o);
  const outputs = pixelRNNOutput(pixels, conditions, o);
  return tf.model({ inputs: [pixels, ...conditions], outputs, name: classNames[o.cell] });
}

const classNames = { row: 'RowLSTM', diagonal: 'DiagonalBiLSTM' } as const;

type Architecture = Omit<
  z.output<typeof pixelRNNSchema>,
  'height' | 'width' | 'conditionMaps' | 'conditionSize'
> & {
  /** Before the names of all layers: networks that are parts of one model need names of their own. */
  prefix?: string;
};

/** The network of {@link pixelRNN} between its inputs and its output. */
export function pixelRNNOutput(
  pixels: tf.SymbolicTensor,
  conditions: readonly tf.SymbolicTensor[],
  o: Architecture,
): tf.SymbolicTensor {
  const { colors, levels, headWidth, distribution, h, seed, prefix = '' } = o;
  const shared = { colors, seed };
  const first = maskedConv2d({
    ...shared,
    filters: 2 * h,
    kernelSize: o.firstKernel,
    maskType: 'A',
    name: `${prefix}first`,
  });
  const pointwise = { ...shared, kernelSize: 1, maskType: 'B', filters: 2 * h } as const;
  let x = first.apply(pixels) as tf.SymbolicTensor; // [B, H, W, 2h]
  let skipped: tf.SymbolicTensor | null = null;
  for (let i = 1; i <= o.layers; i++) {
    const name = `${prefix}layer${i}`;
    const sizes = { ...shared, filters: h, outputFilters: 2 * h, residual: o.residual, name };
    const lstm = o.cell === 'row' ? rowLSTM({ ...sizes, kernelSize: o.kernelSize }) : diagonalBiLSTM(sizes);
    x = lstm.apply([x, ...conditions]) as tf.SymbolicTensor; // [B, H, W, 2h]
    if (o.skip) {
      const connection = maskedConv2d({ ...pointwise, name: `${name}_skip` });
      skipped = connection.apply(skipped ? [x, skipped] : x) as tf.SymbolicTensor; // [B, H, W, 2h]
    }
  }
  return outputHead(skipped ?? x, { colors, levels, headWidth, distribution, seed, prefix });
}
