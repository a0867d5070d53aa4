import { parseOptions, positive, seed } from '@pixelrnn/kernels/options';
import { maskedConvChain, mcgsm, splitLevels } from '@pixelrnn/layers';
import type * as tf from '@tensorflow/tfjs';
import { z } from 'zod';

/** Linear experts of a colour in the MCGSM. */
const components = 8;

const schema = z.strictObject({
  colors: positive,
  /** 2: Bernoulli logits; more: logits of a softmax over that many intensities. */
  levels: z.int().min(2).max(256),
  /** Maps of the two 1x1 convolutions. */
  headWidth: positive,
  /**
   * `softmax` (default; a Bernoulli for two levels), or `mcgsm`: a mixture of conditional Gaussian scale mixtures (section 5.3) of 8
   * components with 4 scales, chosen by as many quadratic features as the head has maps.
   */
  distribution: z.enum(['softmax', 'mcgsm']).default('softmax'),
  /** Seed of the initial weights. */
  seed,
  /** Before the names of all layers. */
  prefix: z.string().default(''),
});

/** Options of {@link outputHead}. */
export type OutputHeadArgs = z.input<typeof schema>;

/**
 * The head of PixelRNN's Table 1, every convolution 1x1 with mask B:
 *
 *     (ReLU, convolution to headWidth) twice -> ReLU, convolution to the logits
 *
 * Departure: Table 1 shows no ReLU before the last projection; without one it would be a single linear map together with
 * the convolution before it, so one stands here.
 *
 * @returns what `logLikelihood` of @pixelrnn/metrics takes: logits [B, H, W, colors, levels], or [B, H, W, colors] for two
 * levels, or mixtures [B, H, W, colors, 32, 3]
 * @throws Error listing every option that is missing, unknown or out of range
 */
export function outputHead(features: tf.SymbolicTensor, args: OutputHeadArgs): tf.SymbolicTensor {
  const { colors, levels, headWidth, distribution, seed, prefix } = parseOptions('outputHead', schema, args);
  const perColor = distribution === 'mcgsm' ? components + headWidth : levels === 2 ? 1 : levels;
  const shared = { kernelSize: 1, maskType: 'B', inputActivation: 'relu' } as const;
  const head = maskedConvChain({
    convolutions: [
      { ...shared, name: `${prefix}head1`, filters: headWidth },
      { ...shared, name: `${prefix}head2`, filters: headWidth },
      { ...shared, name: `${prefix}logits`, filters: colors * perColor, outputGroups: 'contiguous' },
    ],
    colors,
    seed,
    name: `${prefix}head`,
  });
  const logits = head.apply(features) as tf.SymbolicTensor; // [B, H, W, colors * perColor]
  if (distribution === 'mcgsm') {
    const sizes = { colors, components, features: headWidth, levels };
    const mixture = mcgsm({ ...sizes, seed, name: `${prefix}mixture` });
    return mixture.apply(logits) as tf.SymbolicTensor;
  }
  if (perColor === 1) return logits;
  return splitLevels({ colors, levels, name: `${prefix}levels` }).apply(logits) as tf.SymbolicTensor;
}
