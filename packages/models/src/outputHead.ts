import { maskedConv2d, splitLevels } from '@pixelrnn/layers';
import type * as tf from '@tensorflow/tfjs';

export interface OutputHeadArgs {
  colors: number;
  /** 2: Bernoulli logits; more: logits of a softmax over that many intensities. */
  levels: number;
  /** Maps of the two 1x1 convolutions. */
  headWidth: number;
  seed: number;
}

/**
 * The head of PixelRNN's Table 1, every convolution 1x1 with mask B:
 *
 *     (ReLU, convolution to headWidth) twice -> ReLU, convolution to the logits
 *
 * Departure: Table 1 shows no ReLU before the last projection; without one it would be a single linear map together with
 * the convolution before it, so one stands here.
 *
 * @returns logits [B, H, W, colors, levels], or [B, H, W, colors] for two levels
 */
export function outputHead(features: tf.SymbolicTensor, args: OutputHeadArgs): tf.SymbolicTensor {
  const { colors, levels, headWidth, seed } = args;
  const shared = { kernelSize: 1, maskType: 'B', inputActivation: 'relu', colors, seed } as const;
  let x = features;
  for (const name of ['head1', 'head2']) {
    x = maskedConv2d({ ...shared, filters: headWidth, name }).apply(x) as tf.SymbolicTensor; // [B, H, W, headWidth]
  }
  const perColor = levels === 2 ? 1 : levels;
  const projection = maskedConv2d({
    ...shared,
    filters: colors * perColor,
    outputGroups: 'contiguous',
    name: 'logits',
  });
  const logits = projection.apply(x) as tf.SymbolicTensor; // [B, H, W, colors * perColor]
  if (perColor === 1) return logits;
  return splitLevels({ colors, levels, name: 'levels' }).apply(logits) as tf.SymbolicTensor;
}
