import { MaskedConv2D, MaskedConvChain } from '@pixelrnn/layers';
import type * as tf from '@tensorflow/tfjs';

/**
 * Floating-point operations of one training step of a model of masked convolutions: two for each live weight and pixel
 * in the forward pass, in the filter gradient and in the input gradient, which the first convolution does not need.
 * Border pixels count as inner ones; biases, activations, loss and optimiser do not count.
 */
export function flopsPerStep(model: tf.LayersModel, batch: number): number {
  const [, height, width] = (model.inputs[0] as tf.SymbolicTensor).shape as [null, number, number, number];
  const live = model.layers.flatMap((layer) =>
    layer instanceof MaskedConv2D || layer instanceof MaskedConvChain ? layer.liveWeights : [],
  );
  const all = live.reduce((sum, count) => sum + count, 0);
  return 2 * batch * height * width * (3 * all - (live[0] ?? 0));
}
