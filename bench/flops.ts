import { convolutionMask, MaskedConv2D, PixelCNNBlock } from '@pixelrnn/layers';
import type * as tf from '@tensorflow/tfjs';

/** Weights of a layer's masked convolutions that the masks leave: live taps, and in the centre live pairs of colours. */
function liveWeights(layer: MaskedConv2D | PixelCNNBlock): number {
  const { maskType = 'b', colors, outputGroups = 'cyclic' } = layer.getConfig();
  const kernels = layer.getWeights().filter(({ rank }) => rank === 4);
  const counts = kernels.map(({ shape }) => {
    const [kernelHeight, kernelWidth, cin, cout] = shape as [number, number, number, number];
    const mask = convolutionMask({
      kernelHeight,
      kernelWidth,
      cin,
      cout,
      maskType: String(maskType).toUpperCase() as 'A' | 'B',
      colors: colors as number,
      outputGroups: outputGroups as 'cyclic' | 'contiguous',
    });
    return mask.reduce((sum, value) => sum + value, 0);
  });
  return counts.reduce((sum, count) => sum + count, 0);
}

/**
 * Floating-point operations of one training step of a model of masked convolutions: two for each live weight and pixel
 * in the forward pass, in the filter gradient and in the input gradient, which the first convolution does not need.
 * Border pixels count as inner ones; biases, activations, loss and optimiser do not count.
 */
export function flopsPerStep(model: tf.LayersModel, batch: number): number {
  const [, height, width] = (model.inputs[0] as tf.SymbolicTensor).shape as [null, number, number, number];
  const live = model.layers
    .filter((layer) => layer instanceof MaskedConv2D || layer instanceof PixelCNNBlock)
    .map(liveWeights);
  const all = live.reduce((sum, count) => sum + count, 0);
  return 2 * batch * height * width * (3 * all - (live[0] ?? 0));
}
