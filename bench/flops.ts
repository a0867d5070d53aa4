import { DiagonalBiLSTM, MaskedConv2D, MaskedConvChain, RowLSTM } from '@pixelrnn/layers';
import type * as tf from '@tensorflow/tfjs';

const counted = [MaskedConv2D, MaskedConvChain, RowLSTM, DiagonalBiLSTM] as const;

/**
 * Floating-point operations of one training step of a model of masked convolutions and recurrent layers: two for each live
 * weight and pixel in the forward pass, in the gradient of the weights and in that of what they multiply, which the first
 * convolution does not need. State-to-state weights are all live, once a pixel: cells of the skewed map's padding do not
 * count. Border pixels count as inner ones; biases, activations, gates, loss and optimiser do not count.
 */
export function flopsPerStep(model: tf.LayersModel, batch: number): number {
  const [, height, width] = (model.inputs[0] as tf.SymbolicTensor).shape as [null, number, number, number];
  const live = model.layers.flatMap((layer) => {
    const found = counted.some((kind) => layer instanceof kind);
    return found ? (layer as InstanceType<(typeof counted)[number]>).liveWeights : [];
  });
  const all = live.reduce((sum, count) => sum + count, 0);
  return 2 * batch * height * width * (3 * all - (live[0] ?? 0));
}
