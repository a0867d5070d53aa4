import { parseOptions, positive, shown } from '@pixelrnn/kernels/options';
import { joinScales, knownPixels, subsample, transposedConv2d } from '@pixelrnn/layers';
import * as tf from '@tensorflow/tfjs';
import { z } from 'zod';
import { pixelRNNOutput, pixelRNNSchema } from './pixelRNN.js';

/** Cell, depth and width of one of the two networks; the rest is common to both. */
const scaleSchema = pixelRNNSchema.omit({
  height: true,
  width: true,
  colors: true,
  levels: true,
  conditionMaps: true,
  conditionSize: true,
  distribution: true,
  seed: true,
});

/** Options of {@link multiScale}. */
export const multiScaleSchema = z
  .strictObject({
    /** `height` and `width` are those of the large image, n x n in the paper. */
    ...pixelRNNSchema.pick({ height: true, width: true, colors: true, levels: true, seed: true }).shape,
    /** n / s: the subsampled image has every stride-th pixel of every stride-th row. */
    stride: z.literal([2, 4, 8, 16]),
    /** c: maps that the upsampling network makes of the subsampled image. */
    conditionMaps: positive,
    /** The s x s network. */
    unconditional: scaleSchema,
    /** The n x n network. */
    conditional: scaleSchema,
  })
  .refine(({ height, width, stride }) => height % stride === 0 && width % stride === 0, {
    error: ({ input }) => {
      const { height, width, stride } = input as Record<'height' | 'width' | 'stride', number>;
      return `height and width must divide by the stride, got ${height} x ${width} and ${stride}`;
    },
  });

export type MultiScaleOptions = z.input<typeof multiScaleSchema>;
export type ScaleOptions = z.input<typeof scaleSchema>;

export interface MultiScaleModel {
  stride: number;
  /** Scaled pixels of the subsampled image [B, s, s, C] to their logits. */
  unconditional: tf.LayersModel;
  /**
   * Scaled pixels of the whole image [B, n, n, C] to logits, conditioned on those of its pixels that belong to the subsampled
   * image; these have probability 1.
   */
  conditional: tf.LayersModel;
}

/**
 * Multi-scale PixelRNN (section 3.6). The exact log-likelihood of an image is the sum of both models': of its subsampled
 * image under `unconditional`, and of itself under `conditional`, where the pixels already known count 0.
 *
 * The upsampling network is a 3x3 convolution and a transposed convolution for each factor of 2, all with ReLU; the paper does
 * not give its layers. In each layer of the conditional network an unmasked 1x1 convolution of its maps is added to the
 * input-to-state map.
 *
 * @throws Error listing every option that is missing, unknown or out of range
 */
export function multiScale(options: MultiScaleOptions): MultiScaleModel {
  const o = parseOptions('multiScale', multiScaleSchema, options);
  const { height, width, colors, levels, stride, conditionMaps, seed } = o;
  const output = { colors, levels, distribution: 'softmax', seed } as const;
  const smallPixels = tf.input({ shape: [height / stride, width / stride, colors], name: 'small_pixels' });
  const unconditional = tf.model({
    inputs: smallPixels,
    outputs: pixelRNNOutput(smallPixels, [], { ...o.unconditional, ...output, prefix: 'small_' }),
    name: names.unconditional,
  });
  const pixels = tf.input({ shape: [height, width, colors], name: 'pixels' });
  const small = subsample({ stride, name: 'subsample' }).apply(pixels) as tf.SymbolicTensor; // [B, s, s, C]
  const upsampling = { filters: conditionMaps, activation: 'relu', seed } as const;
  let condition = transposedConv2d({ ...upsampling, stride: 1, name: 'upsample_first' }).apply(
    small,
  ) as tf.SymbolicTensor;
  for (let factor = 2; factor <= stride; factor *= 2) {
    const layer = transposedConv2d({ ...upsampling, stride: 2, name: `upsample_to_${factor}` });
    condition = layer.apply(condition) as tf.SymbolicTensor; // [B, factor s, factor s, c]
  }
  const logits = pixelRNNOutput(pixels, [condition], {
    ...o.conditional,
    ...output,
  });
  const outputs = knownPixels({ stride, levels, name: 'known' }).apply([logits, pixels]) as tf.SymbolicTensor;
  return {
    stride,
    unconditional,
    conditional: tf.model({ inputs: pixels, outputs, name: names.conditional }),
  };
}

/** By which the two networks are found in a model of both. */
const names = { unconditional: 'MultiScaleSmall', conditional: 'MultiScale' } as const;

/**
 * Both networks as one model of the whole image, from scaled pixels [B, n, n, C] to logits: its likelihood is the exact
 * one, log p(subsampled image) + log p(the rest given it), and training it trains both at once, for they share no weights.
 * Its order is not that of the pixels: draw from the two networks, {@link scalesOf}.
 *
 * @throws Error for anything but both networks
 */
export function multiScaleImage(scales: MultiScaleModel): tf.LayersModel {
  const { stride, unconditional, conditional } = scales;
  if (!unconditional || !conditional) {
    throw new Error(
      `multiScaleImage: expected both networks, as multiScale or scalesOf gives them, got ${shown(scales)}`,
    );
  }
  const [large] = conditional.inputs as [tf.SymbolicTensor];
  const pixels = tf.input({ shape: large.shape.slice(1), name: 'image' });
  const small = subsample({ stride, name: 'subsampled' }).apply(pixels) as tf.SymbolicTensor;
  const logits = [conditional.apply(pixels), unconditional.apply(small)] as tf.SymbolicTensor[];
  const outputs = joinScales({ stride, name: 'joined' }).apply(logits) as tf.SymbolicTensor;
  return tf.model({ inputs: pixels, outputs, name: 'MultiScaleImage' });
}

/**
 * The two networks in a model that {@link multiScaleImage} made, as trained or loaded.
 *
 * @throws Error for any other model
 */
export function scalesOf(model: tf.LayersModel): MultiScaleModel {
  const part = (name: string) =>
    model.layers.find((layer) => layer.name === name) as tf.LayersModel | undefined;
  const [unconditional, conditional] = [part(names.unconditional), part(names.conditional)];
  if (!unconditional || !conditional) {
    throw new Error(`scalesOf: expected a model made by multiScaleImage, got ${model.name}`);
  }
  const heights = [conditional, unconditional].map(({ inputs }) => inputs[0]?.shape[1] as number);
  return { stride: (heights[0] as number) / (heights[1] as number), unconditional, conditional };
}

/**
 * Intensities of the subsampled image, the input of the unconditional model.
 *
 * @param intensities [B, H, W, C]
 * @returns [B, H / stride, W / stride, C]
 * @throws Error where the stride does not divide height and width
 */
export function subsampleIntensities(
  intensities: Uint8Array,
  [batch, height, width, colors]: readonly [number, number, number, number],
  stride: number,
): { intensities: Uint8Array; shape: [number, number, number, number] } {
  if (height % stride !== 0 || width % stride !== 0) {
    throw new Error(
      `subsampleIntensities: expected height and width divisible by the stride, got [${[batch, height, width, colors]}] and ${stride}`,
    );
  }
  const shape: [number, number, number, number] = [batch, height / stride, width / stride, colors];
  const small = new Uint8Array(shape.reduce((product, size) => product * size, 1));
  let to = 0;
  for (let image = 0; image < batch; image++) {
    for (let row = 0; row < height; row += stride) {
      for (let column = 0; column < width; column += stride) {
        const from = ((image * height + row) * width + column) * colors;
        small.set(intensities.subarray(from, from + colors), to);
        to += colors;
      }
    }
  }
  return { intensities: small, shape };
}
